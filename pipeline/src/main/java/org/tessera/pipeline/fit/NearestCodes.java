package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Finds the nearest code (Euclidean, in 64 bits; of equal codes the lowest) of every vector of a
 * block, on one thread.
 *
 * <p>A vector begins with the group whose centre is nearest, and goes on with the groups that the
 * triangle inequality does not exclude ({@link CodeGroups}). Codes whose distances differ by less
 * than the rounding of the products ({@link CodeTable}) are compared in 64 bits. So what is found
 * is what a search of all codes finds, whatever the machine and whatever is searched beside it. Not
 * thread-safe; whoever made it closes it.
 */
final class NearestCodes implements AutoCloseable {
  /** What makes a bound safe from the rounding of 32-bit floats. */
  private static final float SAFE = 1 + 0x1p-20f;

  private final Codebook codebook;
  private final CodeGroups groups;
  private final CodeTable table;
  private final int dimensions;

  /** What a score may be wrong by, as a share of (|x| + m)²: the bound of a sum's rounding. */
  private final double rounding;

  /** The vectors of a slice. */
  private final float[] extended;

  /** Of each vector of a slice: half its square. */
  private final double[] squares;

  /** The nearest code so far, half its squared distance, and what that may be wrong by. */
  private final int[] codes;

  private final double[] halves;
  private final double[] errors;

  /** Both together: beyond it a code is surely further. */
  private final float[] reach;

  /** The limits of a code, and the reach from that code. */
  private final float[][] limits;

  private final float[] limited;

  /** For each group the vectors that it is searched for. */
  private final int[][] chosen;

  private final int[] numbers;

  NearestCodes(Codebook codebook) {
    this.codebook = codebook;
    groups = codebook.groups();
    table = new CodeTable(codebook);
    dimensions = codebook.dimensions();
    rounding = (dimensions + 16) * 0x1p-24;
    int rows = table.rows();
    extended = new float[rows * table.width()];
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
  int[] search(Block block) {
    int[] ids = new int[block.count()];
    for (int from = 0; from < ids.length; from += codes.length) {
      int count = Math.min(codes.length, ids.length - from);
      search(block.values(), from, count);
      System.arraycopy(codes, 0, ids, from, count);
    }
    return ids;
  }

  private void search(float[] values, int from, int count) {
    for (int row = 0; row < count; row++) {
      squares[row] = table.extend(values, (from + row) * dimensions, extended, row * table.width());
      set(row, -1, Double.POSITIVE_INFINITY, 0);
    }
    chooseNearest(count);
    searchChosen(values, from);
    if (groups.number() > 1) {
      learnLimits(count);
      chooseWithin(count);
      searchChosen(values, from);
    }
  }

  private void set(int row, int code, double half, double error) {
    codes[row] = code;
    halves[row] = half;
    errors[row] = error;
    reach[row] = (float) (half + error) * SAFE;
  }

  /** Chooses for each vector the group whose centre is nearest. */
  private void chooseNearest(int count) {
    Arrays.fill(numbers, 0);
    if (groups.number() > 1) {
      table.put(0, extended, 0, count);
      table.multiply(table.centres(), count);
    }
    for (int row = 0; row < count; row++) {
      int group = groups.number() == 1 ? 0 : table.greatest(row, groups.number());
      chosen[group][numbers[group]++] = row;
    }
  }

  /** Chooses for each vector the groups within the limits of its code. */
  private void chooseWithin(int count) {
    Arrays.fill(numbers, 0);
    for (int row = 0; row < count; row++) {
      limit(row);
      float[] of = limits[row];
      float far = limited[row];
      for (int group = 0; group < of.length; group++) {
        // Without a branch, which nothing could foresee.
        chosen[group][numbers[group]] = row;
        numbers[group] += of[group] <= far ? 1 : 0;
      }
    }
  }

  /** Takes the limits of the best code so far where they are known. */
  private void limit(int row) {
    float[] known = groups.limits(codes[row]);
    if (known != null) {
      limits[row] = known;
      limited[row] = reach[row];
    }
  }

  private void searchChosen(float[] values, int from) {
    for (int group = 0; group < numbers.length; group++) {
      int[] rows = chosen[group];
      int number = gather(group, rows);
      if (number == 0) {
        continue;
      }
      for (CodeTable.Part part : table.parts(group)) {
        table.multiply(part, number);
        for (int i = 0; i < number; i++) {
          scan(part, i, rows[i], values, from + rows[i]);
        }
      }
    }
  }

  /** Gathers the vectors of a group that are still to be searched; how many they are. */
  private int gather(int group, int[] rows) {
    if (groups.number() == 1) {
      table.put(0, extended, 0, numbers[0]);
      return numbers[0];
    }
    int number = 0;
    for (int i = 0; i < numbers[group]; i++) {
      int row = rows[i];
      if (codes[row] < 0 || limits[row][group] <= limited[row]) {
        table.put(number, extended, row, 1);
        rows[number++] = row;
      }
    }
    return number;
  }

  /** Considers the codes of a part from the nearest on, until one is surely further. */
  private void scan(CodeTable.Part part, int place, int row, float[] values, int vector) {
    double error = error(part, row, extended);
    double whole = whole(part, row, extended, squares[row]);
    for (int seen = 0; seen < part.size(); seen++) {
      int best = table.greatest(place, part.size());
      double half = whole - table.score(place, best);
      if (half - error > reach[row]) {
        return;
      }
      table.clear(place, best);
      consider(table.code(part, best), row, half, error, values, vector);
    }
  }

  private double length(int row, float[] of) {
    return of[(row + 1) * table.width() - 1];
  }

  private double error(CodeTable.Part part, int row, float[] of) {
    double sum = length(row, of) + part.longest();
    return rounding * sum * sum;
  }

  /** What a score is taken from. */
  private double whole(CodeTable.Part part, int row, float[] of, double square) {
    return square + part.longest() * (length(row, of) + 0.5 * part.longest());
  }

  private void consider(int code, int row, double half, double error, float[] values, int vector) {
    int before = codes[row];
    if (before < 0 || half + error < halves[row] - errors[row]) {
      set(row, code, half, error);
    } else {
      if (errors[row] > 0) {
        set(row, before, exactly(values, vector, before), 0);
      }
      double exact = exactly(values, vector, code);
      if (exact < halves[row] || (exact == halves[row] && code < before)) {
        set(row, code, exact, 0);
      }
    }
    if (codes[row] != before && before >= 0 && groups.number() > 1) {
      limit(row);
    }
  }

  private double exactly(float[] values, int vector, int code) {
    return 0.5 * codebook.exactSquaredDistance(values, vector, code);
  }

  /** Finds the limits of codes that no search has met. */
  private void learnLimits(int count) {
    Set<Integer> met = new LinkedHashSet<>();
    for (int row = 0; row < count; row++) {
      if (groups.limits(codes[row]) == null) {
        met.add(codes[row]);
      }
    }
    if (met.isEmpty()) {
      return;
    }
    int[] learned = met.stream().mapToInt(code -> code).toArray();
    float[] vectors = new float[learned.length * table.width()];
    double[] halfSquares = new double[learned.length];
    for (int i = 0; i < learned.length; i++) {
      halfSquares[i] =
          table.extend(codebook.values(), learned[i] * dimensions, vectors, i * table.width());
    }
    table.put(0, vectors, 0, learned.length);
    float[][] found = new float[learned.length][groups.number()];
    for (float[] limitsOfCode : found) {
      Arrays.fill(limitsOfCode, Float.MAX_VALUE);
    }
    for (int group = 0; group < groups.number(); group++) {
      for (CodeTable.Part part : table.parts(group)) {
        table.multiply(part, learned.length);
        for (int i = 0; i < learned.length; i++) {
          double score = table.score(i, table.greatest(i, part.size()));
          double half = whole(part, i, vectors, halfSquares[i]) - score - error(part, i, vectors);
          found[i][group] = Math.min(found[i][group], (float) half / 4 / SAFE);
        }
      }
    }
    for (int i = 0; i < learned.length; i++) {
      // Whoever has this code has searched its group.
      found[i][groups.of(learned[i])] = Float.MAX_VALUE;
      groups.set(learned[i], found[i]);
    }
  }

  @Override
  public void close() {
    table.close();
  }
}
