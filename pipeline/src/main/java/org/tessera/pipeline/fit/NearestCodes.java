package org.tessera.pipeline.fit;

import java.util.Arrays;

/**
 * Finds the nearest code (Euclidean, in 64 bits; of equal codes the lowest) of every vector of a
 * block, on one thread.
 *
 * <p>Where nothing is known of a block, a vector begins with the group whose centre is nearest, and
 * goes on with the groups that the triangle inequality does not exclude ({@link CodeGroups}). Where
 * an earlier search left bounds ({@link Neighbours}), it begins with the code that was nearest, and
 * goes on with those of the groups that may have come nearer. Where these are most of the groups,
 * as in what earlier codebooks left over, vectors are compared with all codes at once. Codes whose
 * distances differ by less than the rounding of the products ({@link CodeTable}) are compared in 64
 * bits. So what is found is what a search of all codes finds, whatever the machine, whatever is
 * searched beside it and whatever was known. Not thread-safe; whoever made it closes it.
 */
final class NearestCodes implements AutoCloseable {
  /** What makes a bound safe from the rounding of 32-bit floats. */
  static final float SAFE = 1 + 0x1p-20f;

  /** Of so few groups, it does not pay to search the nearest one first. */
  private static final int FEW_GROUPS = 8;

  private final Codebook codebook;
  private final CodeGroups groups;
  private final CodeTable table;
  private final CodeLimits limitsOfCodes;
  private final float[] drifts;
  private final int dimensions;

  /** What a squared distance in 32 bits may be wrong by, as a share of it. */
  private final double rounding;

  /** The block, where a slice of it begins, and what is known of it. */
  private Block block;

  private int start;
  private Neighbours known;

  /** Of each vector of a slice: half its square, and its length, less than 0 before it is known. */
  private final double[] halfSquares;

  private final float[] lengths;

  /** The nearest code so far, half its squared distance, and what that may be wrong by. */
  private final int[] codes;

  private final double[] halves;
  private final double[] errors;

  /** Both together: beyond it a code is surely further. */
  private final float[] reach;

  /** The limits of a code, null before there are any, and the vector's distance from that code. */
  private final float[][] limits;

  private final float[] limited;

  /** What the vectors are to be compared with. */
  private final GroupChoice choice;

  /** Whether vectors of which nothing is known are better compared with all codes at once. */
  private boolean beginsWithAll;

  /** Whether all groups are searched at once, and how near then codes but the nearest may be. */
  private boolean searchesAll;

  private final double[] rest;

  /** Searches that begin with nothing known. */
  NearestCodes(Codebook codebook) {
    this(codebook, new float[codebook.groups().number()]);
  }

  /** Searches that may begin with bounds, since which groups of codes have drifted so far. */
  NearestCodes(Codebook codebook, float[] drifts) {
    this.codebook = codebook;
    this.drifts = drifts;
    groups = codebook.groups();
    table = new CodeTable(codebook);
    limitsOfCodes = new CodeLimits(codebook, table);
    dimensions = codebook.dimensions();
    rounding = CodeTable.rounding(dimensions);
    int rows = table.rows();
    halfSquares = new double[rows];
    lengths = new float[rows];
    codes = new int[rows];
    halves = new double[rows];
    errors = new double[rows];
    reach = new float[rows];
    limits = new float[rows][];
    limited = new float[rows];
    choice = new GroupChoice(groups.number(), rows);
    rest = new double[rows];
    beginsWithAll = groups.number() <= FEW_GROUPS;
  }

  /** The nearest code of each vector. */
  int[] search(Block of) {
    Neighbours found = new Neighbours(of.count(), groups.number());
    search(of, found);
    return found.codes();
  }

  /** Finds the nearest code of each vector, beginning with what is known, and notes it there. */
  void search(Block of, Neighbours knownOf) {
    block = of;
    known = knownOf;
    for (start = 0; start < of.count(); start += codes.length) {
      int count = Math.min(codes.length, of.count() - start);
      Arrays.fill(lengths, -1);
      Arrays.fill(limits, null);
      if (known.codes()[start] >= 0) {
        goOn(count);
        searchWithin(count);
      } else if (beginsWithAll) {
        begin(count);
        searchAll();
      } else {
        begin(count);
        searchNearestGroup(count);
        beginsWithAll = searchWithin(count);
        boundByLimits(count);
      }
      note(count);
    }
  }

  /** Begins with no code. */
  private void begin(int count) {
    choice.clear();
    for (int row = 0; row < count; row++) {
      set(row, -1, Double.POSITIVE_INFINITY, 0);
      choice.add(row);
    }
  }

  /** Searches for each vector the group whose centre is nearest. */
  private void searchNearestGroup(int count) {
    Arrays.fill(known.bounds(), bound(0, 0), bound(count, 0), Float.NEGATIVE_INFINITY);
    for (int row = 0; row < count; row++) {
      put(row, row);
    }
    table.multiply(table.centres(), count);
    for (int row = 0; row < count; row++) {
      choice.add(table.greatest(table.centres(), row), row);
    }
    searchChosen();
  }

  /**
   * Searches the groups of which neither bounds nor limits say that they are further, or all where
   * these are most.
   *
   * @return whether all were searched
   */
  private boolean searchWithin(int count) {
    limitsOfCodes.learn(codes, count);
    choice.clear();
    for (int row = 0; row < count; row++) {
      limit(row);
      choice.addWithin(row, limited[row], limits[row], known.bounds(), bound(row, 0), drifts);
    }
    boolean areMost = choice.areMost();
    if (areMost) {
      searchAll();
    } else {
      searchChosen();
    }
    return areMost;
  }

  /** Begins with the codes that were nearest before. */
  private void goOn(int count) {
    for (int row = 0; row < count; row++) {
      int code = known.codes()[start + row];
      float square = codebook.squaredDistance(block.values(), start + row, code);
      known.distances()[start + row] = square;
      set(row, code, 0.5 * square, 0.5 * rounding * square);
    }
  }

  /** Keeps the codes that were found, and their distances. */
  private void note(int count) {
    for (int row = 0; row < count; row++) {
      if (known.codes()[start + row] != codes[row]) {
        known.codes()[start + row] = codes[row];
        known.distances()[start + row] =
            codebook.squaredDistance(block.values(), start + row, codes[row]);
      }
    }
  }

  private void set(int row, int code, double half, double error) {
    codes[row] = code;
    halves[row] = half;
    errors[row] = error;
    reach[row] = (float) (half + error) * SAFE;
  }

  /** No less than a vector's distance from its code. */
  private float far(int row) {
    return (float) Math.sqrt(2 * reach[row]) * SAFE;
  }

  private int bound(int row, int group) {
    return (start + row) * drifts.length + group;
  }

  /** Notes that a code of a group that is not the vector's own may be as near as this. */
  private void bound(int row, int group, double half) {
    if (searchesAll) {
      rest[row] = Math.min(rest[row], half);
      return;
    }
    int at = bound(row, group);
    known.bounds()[at] = Math.min(known.bounds()[at], least(half) + drifts[group]);
  }

  /** No more than the distance whose half square is given. */
  private static float least(double half) {
    return half > 0 ? (float) Math.sqrt(2 * half) / SAFE : 0;
  }

  /** Takes the limits of the best code so far where they are known. */
  private void limit(int row) {
    float[] of = groups.limits(codes[row]);
    if (of != null) {
      limits[row] = of;
      limited[row] = far(row);
    }
  }

  /** What limits say of groups that were never searched. */
  private void boundByLimits(int count) {
    float[] bounds = known.bounds();
    for (int row = 0; row < count; row++) {
      float[] of = limits[row];
      int at = bound(row, 0);
      for (int group = 0; group < of.length; group++) {
        if (bounds[at + group] == Float.NEGATIVE_INFINITY) {
          bounds[at + group] = 2 * of[group] - limited[row] + drifts[group];
        }
      }
    }
  }

  /** Searches all codes at once for the vectors that want any group. */
  private void searchAll() {
    searchesAll = true;
    int[] rows = choice.any();
    int number = choice.anyNumber();
    for (int i = 0; i < number; i++) {
      put(i, rows[i]);
      rest[rows[i]] = Double.POSITIVE_INFINITY;
    }
    for (CodeTable.Part part : table.all()) {
      compare(part, 0, rows, number);
    }
    for (int i = 0; i < number; i++) {
      float least = least(rest[rows[i]]);
      int at = bound(rows[i], 0);
      for (int group = 0; group < drifts.length; group++) {
        known.bounds()[at + group] = least + drifts[group];
      }
    }
    searchesAll = false;
  }

  private void searchChosen() {
    for (int group = 0; group < groups.number(); group++) {
      int[] rows = choice.vectors(group);
      int number = gather(group, rows, choice.number(group));
      if (number > 0) {
        for (CodeTable.Part part : table.parts(group)) {
          compare(part, group, rows, number);
        }
      }
    }
  }

  /** Gathers the vectors of a group that are still to be searched; how many they are. */
  private int gather(int group, int[] rows, int most) {
    int number = 0;
    for (int i = 0; i < most; i++) {
      int row = rows[i];
      if (limits[row] == null || limits[row][group] <= limited[row]) {
        put(number, row);
        rows[number++] = row;
        known.bounds()[bound(row, group)] = Float.POSITIVE_INFINITY;
      }
    }
    return number;
  }

  /** Makes a vector of the slice the next one to be multiplied. */
  private void put(int place, int row) {
    int from = (start + row) * dimensions;
    if (lengths[row] < 0) {
      float square = known.squares()[start + row];
      if (square < 0) {
        square = table.squareOf(block.values(), from);
        known.squares()[start + row] = square;
      }
      halfSquares[row] = 0.5 * square;
      lengths[row] = table.lengthOf(square);
    }
    table.put(place, block.values(), from, lengths[row]);
  }

  /** Compares the gathered vectors with a part of a group, or of all. */
  private void compare(CodeTable.Part part, int group, int[] rows, int number) {
    table.multiply(part, number);
    for (int i = 0; i < number; i++) {
      if (codes[rows[i]] >= 0) {
        table.remove(part, i, codes[rows[i]]);
      }
    }
    for (int i = 0; i < number; i++) {
      compare(part, i, group, rows[i]);
    }
  }

  /**
   * Considers the nearest other code of a part, and more as long as they are not surely further.
   */
  private void compare(CodeTable.Part part, int vector, int group, int row) {
    double error = table.error(part, lengths[row]);
    double whole = table.whole(part, lengths[row]) + halfSquares[row];
    int place = table.greatest(part, vector);
    double half = whole - table.score(part, vector, place);
    if (half - error <= reach[row]) {
      consider(table.code(part, place), row, half, error);
      half = whole - table.greatestBut(part, vector, place);
      if (half - error <= reach[row]) {
        half = compareOthers(part, vector, place, row, whole, error);
      }
    }
    bound(row, group, half - error);
  }

  /** Considers all codes that are not surely further; half the squared distance of the next one. */
  private double compareOthers(
      CodeTable.Part part, int vector, int considered, int row, double whole, double error) {
    float[] scores = table.scores(part, vector);
    for (int place = considered; ; ) {
      scores[place] = Float.NEGATIVE_INFINITY;
      for (int i = 0; i < scores.length; i++) {
        place = scores[i] > scores[place] ? i : place;
      }
      double half = whole - scores[place];
      if (half - error > reach[row]) {
        return half;
      }
      consider(table.code(part, place), row, half, error);
    }
  }

  private void consider(int code, int row, double half, double error) {
    int before = codes[row];
    if (code == before) {
      return;
    }
    if (before < 0) {
      set(row, code, half, error);
      return;
    }
    if (half + error >= halves[row] - errors[row]) {
      if (errors[row] > 0) {
        set(row, before, exactly(row, before), 0);
      }
      double exact = exactly(row, code);
      if (exact > halves[row] || (exact == halves[row] && code > before)) {
        bound(row, groups.of(code), exact);
        return;
      }
      half = exact;
      error = 0;
    }
    bound(row, groups.of(before), halves[row] - errors[row]);
    set(row, code, half, error);
    if (limits[row] != null) {
      limit(row);
    }
  }

  private double exactly(int row, int code) {
    return 0.5 * codebook.exactSquaredDistance(block.values(), start + row, code);
  }

  @Override
  public void close() {
    table.close();
  }
}
