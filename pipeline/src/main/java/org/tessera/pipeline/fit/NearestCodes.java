package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the nearest code (Euclidean, in 64 bits; of equal codes the lowest) of every vector of a
 * block, on one thread.
 *
 * <p>Where nothing is known of a block, a vector begins with the group whose centre is nearest, and
 * goes on with the groups that the triangle inequality does not exclude ({@link CodeGroups}). Where
 * an earlier search left bounds ({@link Neighbours}), it begins with the code that was nearest, and
 * goes on with those of the groups that may have come nearer. Codes whose distances differ by less
 * than the rounding of the products ({@link CodeTable}) are compared in 64 bits. So what is found
 * is what a search of all codes finds, whatever the machine, whatever is searched beside it and
 * whatever was known. Not thread-safe; whoever made it closes it.
 */
final class NearestCodes implements AutoCloseable {
  /** What makes a bound safe from the rounding of 32-bit floats. */
  private static final float SAFE = 1 + 0x1p-20f;

  /** What makes a bound smaller than the sum and the difference of floats round it up. */
  private static final float SHRINK = 1 - 0x1p-22f;

  private final Codebook codebook;
  private final CodeGroups groups;
  private final CodeTable table;
  private final float[] drifts;
  private final int dimensions;

  /** What a squared distance in 32 bits may be wrong by, as a share of it. */
  private final double rounding;

  /** The block, where a slice of it begins, and what is known of it. */
  private Block block;

  private int start;
  private Neighbours known;

  /** The vectors of a slice, and which of them are there. */
  private final float[] extended;

  private final boolean[] isExtended;

  /** Of each vector of a slice: half its square. */
  private final double[] squares;

  /** The nearest code so far, half its squared distance, and what that may be wrong by. */
  private final int[] codes;

  private final double[] halves;
  private final double[] errors;

  /** Both together: beyond it a code is surely further. */
  private final float[] reach;

  /** The limits of a code, null before there are any, and the vector's distance from that code. */
  private final float[][] limits;

  private final float[] limited;

  /** For each group the vectors that it is searched for. */
  private final int[][] chosen;

  private final int[] numbers;

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
    dimensions = codebook.dimensions();
    rounding = CodeTable.rounding(dimensions);
    int rows = table.rows();
    extended = new float[rows * table.width()];
    isExtended = new boolean[rows];
    squares = new double[rows];
    codes = new int[rows];
    halves = new double[rows];
    errors = new double[rows];
    reach = new float[rows];
    limits = new float[rows][];
    limited = new float[rows];
    chosen = new int[groups.number()][rows];
    numbers = new int[groups.number()];
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
      Arrays.fill(isExtended, false);
      Arrays.fill(limits, null);
      boolean begins = known.codes()[start] < 0;
      if (begins) {
        begin(count);
      } else {
        goOn(count);
      }
      learnLimits(count);
      chooseWithin(count);
      searchChosen();
      if (begins) {
        boundByLimits(count);
      }
      note(count);
    }
  }

  /** Searches for each vector the group whose centre is nearest. */
  private void begin(int count) {
    Arrays.fill(known.bounds(), bound(0, 0), bound(count, 0), Float.NEGATIVE_INFINITY);
    Arrays.fill(numbers, 0);
    for (int row = 0; row < count; row++) {
      set(row, -1, Double.POSITIVE_INFINITY, 0);
      extend(row);
    }
    table.put(0, extended, 0, count);
    float[] scores = table.multiply(table.centres(), count);
    for (int row = 0; row < count; row++) {
      int from = row * table.centres().stride();
      int group = CodeTable.greatest(scores, from, table.centres().size()) - from;
      chosen[group][numbers[group]++] = row;
    }
    searchChosen();
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
    float least = half > 0 ? (float) Math.sqrt(2 * half) / SAFE : 0;
    int at = bound(row, group);
    known.bounds()[at] = Math.min(known.bounds()[at], least + drifts[group]);
  }

  /** Chooses for each vector the groups of which neither bounds nor limits say they are further. */
  private void chooseWithin(int count) {
    Arrays.fill(numbers, 0);
    for (int row = 0; row < count; row++) {
      limit(row);
      choose(row, limits[row], limited[row], bound(row, 0));
    }
  }

  private void choose(int row, float[] of, float distance, int at) {
    float[] bounds = known.bounds();
    for (int group = 0; group < of.length; group++) {
      // Without a branch, which nothing could foresee.
      chosen[group][numbers[group]] = row;
      numbers[group] +=
          of[group] <= distance & bounds[at + group] * SHRINK - drifts[group] <= distance ? 1 : 0;
    }
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

  private void searchChosen() {
    for (int group = 0; group < numbers.length; group++) {
      int[] rows = chosen[group];
      int number = gather(group, rows);
      if (number == 0) {
        continue;
      }
      for (CodeTable.Part part : table.parts(group)) {
        float[] scores = table.multiply(part, number);
        for (int i = 0; i < number; i++) {
          scan(part, scores, i * part.stride(), group, rows[i]);
        }
      }
    }
  }

  /** Gathers the vectors of a group that are still to be searched; how many they are. */
  private int gather(int group, int[] rows) {
    int number = 0;
    for (int i = 0; i < numbers[group]; i++) {
      int row = rows[i];
      if (limits[row] == null || limits[row][group] <= limited[row]) {
        extend(row);
        table.put(number, extended, row, 1);
        rows[number++] = row;
        known.bounds()[bound(row, group)] = Float.POSITIVE_INFINITY;
      }
    }
    return number;
  }

  private void extend(int row) {
    if (!isExtended[row]) {
      squares[row] =
          table.extend(block.values(), (start + row) * dimensions, extended, row * table.width());
      isExtended[row] = true;
    }
  }

  /** Considers the nearest code of a part, and others as long as they are not surely further. */
  private void scan(CodeTable.Part part, float[] scores, int from, int group, int row) {
    int best = from;
    float first = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (int i = from; i < from + part.size(); i++) {
      float score = scores[i];
      if (score > second) {
        if (score > first) {
          second = first;
          first = score;
          best = i;
        } else {
          second = score;
        }
      }
    }
    double error = table.error(part, extended, row);
    double whole = table.whole(part, extended, row) + squares[row];
    double half = whole - first;
    if (half - error <= reach[row]) {
      consider(table.code(part, best - from), row, half, error);
      half = whole - second;
      while (half - error <= reach[row]) {
        scores[best] = Float.NEGATIVE_INFINITY;
        best = CodeTable.greatest(scores, from, part.size());
        half = whole - scores[best];
        if (half - error <= reach[row]) {
          consider(table.code(part, best - from), row, half, error);
        }
      }
    }
    bound(row, group, half - error);
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

  /** Finds the limits of codes that no search has met. */
  private void learnLimits(int count) {
    BitSet met = null;
    for (int row = 0; row < count; row++) {
      if (groups.limits(codes[row]) == null) {
        met = met == null ? new BitSet() : met;
        met.set(codes[row]);
      }
    }
    if (met != null) {
      learnLimits(met.stream().toArray());
    }
  }

  private void learnLimits(int[] learned) {
    float[] vectors = new float[learned.length * table.width()];
    double[] halfSquares = new double[learned.length];
    for (int i = 0; i < learned.length; i++) {
      halfSquares[i] =
          table.extend(codebook.values(), learned[i] * dimensions, vectors, i * table.width());
    }
    table.put(0, vectors, 0, learned.length);
    float[][] found = new float[learned.length][groups.number()];
    for (float[] limitsOfCode : found) {
      Arrays.fill(limitsOfCode, Float.POSITIVE_INFINITY);
    }
    for (int group = 0; group < groups.number(); group++) {
      for (CodeTable.Part part : table.parts(group)) {
        float[] scores = table.multiply(part, learned.length);
        for (int i = 0; i < learned.length; i++) {
          int from = i * part.stride();
          if (groups.of(learned[i]) == group) {
            table.clear(part, learned[i], scores, from);
          }
          double score = scores[CodeTable.greatest(scores, from, part.size())];
          double whole = table.whole(part, vectors, i) + halfSquares[i];
          double half = whole - score - table.error(part, vectors, i);
          float limit = half > 0 ? (float) Math.sqrt(half / 2) / SAFE : 0;
          found[i][group] = Math.min(found[i][group], limit);
        }
      }
    }
    for (int i = 0; i < learned.length; i++) {
      groups.set(learned[i], found[i]);
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
