package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Finds the nearest code (Euclidean, in 64 bits; of equal codes the lowest) of every vector of a
 * block, on one thread.
 *
 * <p>Where nothing is known of a block, a vector begins with the group whose centre is nearest (of
 * a few groups, with any code) and goes on with those that the triangle inequality does not
 * exclude, the nearest ones first ({@link CodeGroups}). Where an earlier search left bounds ({@link
 * Neighbours}), it begins with the code that was nearest, and goes on with those of the groups that
 * may have come nearer. Where these are most of the groups, as in what earlier codebooks left over,
 * vectors are compared with all codes at once. Codes whose distances differ by less than the
 * rounding of the products ({@link CodeTable}) are compared in 64 bits. So what is found is what a
 * search of all codes finds, whatever the machine, whatever is searched beside it and whatever was
 * known. Not thread-safe; whoever made it closes it.
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

  /** Of each vector of a slice: half its square, and its length. */
  private final double[] halfSquares;

  private final float[] lengths;

  /** The nearest code so far, half its squared distance, and what that may be wrong by. */
  private final int[] codes;

  private final double[] halves;
  private final double[] errors;

  /** Both together: beyond it a code is surely further. */
  private final float[] reach;

  /** Half the squared distance that other codes of what is searched have at least. */
  private final double[] rest;

  /** What the vectors are to be compared with. */
  private final GroupChoice choice;

  /** Whether it does not pay to search the nearest group before others. */
  private boolean skipsNearest;

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
    int rows = CodeTable.ROWS;
    halfSquares = new double[rows];
    lengths = new float[rows];
    codes = new int[rows];
    halves = new double[rows];
    errors = new double[rows];
    reach = new float[rows];
    rest = new double[rows];
    choice = new GroupChoice(groups.number(), rows);
    skipsNearest = groups.number() <= FEW_GROUPS;
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
      if (known.codes()[start] < 0) {
        searchNew(count);
      } else {
        each(count, row -> begin(row, known.codes()[start + row]));
        searchWithin(count);
      }
      each(count, this::note);
    }
  }

  private void searchNew(int count) {
    each(count, this::square);
    if (skipsNearest) {
      each(count, row -> begin(row, 0));
      choice.setAny(count);
      searchAll();
    } else {
      searchNearestGroup(count);
      skipsNearest = searchWithin(count);
    }
  }

  // A short fit waits for the JVM to compile this, which leaves out what never happened and begins
  // anew when it does: what only the first search of a block does is in methods of its own.

  private static void each(int count, IntConsumer action) {
    for (int i = 0; i < count; i++) {
      action.accept(i);
    }
  }

  private void square(int row) {
    int at = start + row;
    known.squares()[at] = table.squareOf(block.values(), at * dimensions);
  }

  /** Begins with a code that is as good as any, or that was the nearest one. */
  private void begin(int row, int code) {
    measure(row);
    float distance = codebook.squaredDistance(block.values(), start + row, code);
    known.codes()[start + row] = code;
    known.distances()[start + row] = distance;
    set(row, code, 0.5 * distance, 0.5 * rounding * distance);
  }

  private void measure(int row) {
    float square = known.squares()[start + row];
    halfSquares[row] = 0.5 * square;
    lengths[row] = table.lengthOf(square);
  }

  /** Searches for each vector the group whose centre is nearest. */
  private void searchNearestGroup(int count) {
    CodeTable.Part centres = table.centres();
    choice.clear();
    for (int row = 0; row < count; row++) {
      measure(row);
      put(row, row);
    }
    for (int from = 0; from < count; from += centres.rows()) {
      int number = Math.min(centres.rows(), count - from);
      table.multiply(centres, from, number);
      for (int i = 0; i < number; i++) {
        chooseNearestGroup(from + i, table.greatest(centres, i));
      }
    }
    searchChosen();
  }

  private void chooseNearestGroup(int row, int group) {
    choice.add(group, row);
    begin(row, table.code(table.parts(group).get(0), 0));
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
    each(count, this::choose);
    boolean areMost = choice.areMost();
    if (areMost) {
      searchAll();
    } else {
      searchChosen();
    }
    return areMost;
  }

  private void choose(int row) {
    choice.addWithin(
        row, far(row), groups.limits(codes[row]), known.bounds(), boundAt(row, 0), drifts);
  }

  /** Keeps the code that was found, and its distance. */
  private void note(int row) {
    int at = start + row;
    if (known.codes()[at] != codes[row]) {
      known.codes()[at] = codes[row];
      known.distances()[at] = codebook.squaredDistance(block.values(), at, codes[row]);
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

  private int boundAt(int row, int group) {
    return (start + row) * drifts.length + group;
  }

  /** No more than the distance whose half square is given. */
  private static float least(double half) {
    return half > 0 ? (float) Math.sqrt(2 * half) / SAFE : 0;
  }

  /** Searches all codes at once for the vectors that want any group. */
  private void searchAll() {
    int[] rows = choice.any();
    int number = choice.anyNumber();
    for (int i = 0; i < number; i++) {
      put(i, rows[i]);
    }
    each(number, i -> reset(0, drifts.length, rows[i]));
    for (CodeTable.Part part : table.all()) {
      compare(part, rows, number);
    }
    each(number, i -> bound(0, drifts.length, rows[i]));
  }

  private void searchChosen() {
    for (int group = 0; group < groups.number(); group++) {
      int[] rows = choice.vectors(group);
      int number = gather(group, rows, choice.number(group));
      if (number > 0) {
        searchGroup(group, rows, number);
      }
    }
  }

  private void searchGroup(int group, int[] rows, int number) {
    each(number, i -> reset(group, group + 1, rows[i]));
    for (CodeTable.Part part : table.parts(group)) {
      compare(part, rows, number);
    }
    each(number, i -> bound(group, group + 1, rows[i]));
  }

  /** Gathers the vectors of a group that are still to be searched; how many they are. */
  private int gather(int group, int[] rows, int most) {
    int number = 0;
    for (int i = 0; i < most; i++) {
      int row = rows[i];
      if (mayReach(row, group)) {
        put(number, row);
        rows[number++] = row;
      }
    }
    return number;
  }

  /** Whether what was found since a group was chosen leaves it in reach. */
  private boolean mayReach(int row, int group) {
    if (codes[row] == known.codes()[start + row]) {
      return true;
    }
    CodeGroups.Limits limits = groups.limits(codes[row]);
    return limits == null || limits.of(group) <= far(row);
  }

  private void reset(int group, int end, int row) {
    int at = boundAt(row, group);
    Arrays.fill(known.bounds(), at, at + end - group, Float.POSITIVE_INFINITY);
  }

  /** Keeps how near the other codes of groups may be that have just been searched. */
  private void bound(int group, int end, int row) {
    float least = least(rest[row]);
    for (; group < end; group++) {
      bound(row, group, least);
    }
  }

  private void bound(int row, int group, float least) {
    float[] bounds = known.bounds();
    int at = boundAt(row, group);
    bounds[at] = Math.min(bounds[at], least + drifts[group]);
  }

  /** Makes a vector of the slice the next one to be multiplied. */
  private void put(int place, int row) {
    table.put(place, block.values(), (start + row) * dimensions, lengths[row]);
    rest[row] = Double.POSITIVE_INFINITY;
  }

  /** Compares the gathered vectors with a part of a group, or of all. */
  private void compare(CodeTable.Part part, int[] rows, int number) {
    for (int from = 0; from < number; from += part.rows()) {
      int count = Math.min(part.rows(), number - from);
      table.multiply(part, from, count);
      int first = from;
      each(count, i -> table.remove(part, i, codes[rows[first + i]]));
      each(count, i -> compare(part, i, rows[first + i]));
    }
  }

  /** Considers the other codes of a part, from the nearest on, that are not surely further. */
  private void compare(CodeTable.Part part, int vector, int row) {
    double error = table.error(part, lengths[row]);
    double whole = table.whole(part, lengths[row]) + halfSquares[row];
    int place = table.greatest(part, vector);
    double half = whole - table.score(part, vector, place);
    for (int left = part.size(); left > 0 && half - error <= reach[row]; left--) {
      consider(table.code(part, place), row, half, error);
      place = table.greatestBut(part, vector, place);
      half = whole - table.score(part, vector, place);
    }
    rest[row] = Math.min(rest[row], half - error);
  }

  private void consider(int code, int row, double half, double error) {
    int before = codes[row];
    if (code == before) {
      return;
    }
    if (half + error >= halves[row] - errors[row]) {
      if (errors[row] > 0) {
        set(row, before, exactly(row, before), 0);
      }
      double exact = exactly(row, code);
      if (exact > halves[row] || (exact == halves[row] && code > before)) {
        rest[row] = Math.min(rest[row], exact);
        return;
      }
      half = exact;
      error = 0;
    }
    // So near is the code that was the nearest so far.
    bound(row, groups.of(before), least(halves[row] - errors[row]));
    set(row, code, half, error);
  }

  private double exactly(int row, int code) {
    return 0.5 * codebook.exactSquaredDistance(block.values(), start + row, code);
  }

  @Override
  public void close() {
    table.close();
  }
}
