package org.tessera.udf.image.resample;

/**
 * Weighted sums of whole rows. Each loop runs over equally indexed {@code int} arrays, which the
 * compiler turns into vector instructions; offsets into larger arrays would keep it from that.
 */
final class Sums {
  /** Half of the last bit that is kept, for rounding. */
  static final int HALF = 1 << (Weights.FRACTION_BITS - 1);

  private Sums() {}

  /** {@code sums = HALF + }the sum of {@code rows[(first + i) % rows.length] * taps[tap + i]}. */
  static void weigh(int[] sums, int[][] rows, int first, int[] taps, int tap, int count) {
    java.util.Arrays.fill(sums, HALF);
    int n = rows.length;
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      int row = first + i;
      add(
          sums,
          rows[row % n],
          taps[tap + i],
          rows[(row + 1) % n],
          taps[tap + i + 1],
          rows[(row + 2) % n],
          taps[tap + i + 2],
          rows[(row + 3) % n],
          taps[tap + i + 3]);
    }
    for (; i < count; i++) {
      add(sums, rows[(first + i) % n], taps[tap + i]);
    }
  }

  private static void add(int[] sums, int[] row, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i] * weight;
    }
  }

  private static void add(
      int[] sums, int[] a, int wa, int[] b, int wb, int[] c, int wc, int[] d, int wd) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
    }
  }

  /** The 8-bit value of a sum. */
  static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> Weights.FRACTION_BITS));
  }
}
