package org.tessera.udf.points.geometry;

/**
 * The SplitMix64 generator (Steele, Lea, Flood 2014; the constants of Vigna's splitmix64.c), so
 * that a sample can be drawn again in any language. Not thread-safe.
 */
public final class SplitMix64 {
  private long state;

  public SplitMix64(long seed) {
    this.state = seed;
  }

  /** The next 64 bits. */
  public long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number from 0 to {@code bound - 1}: the upper 32 bits times the bound, over 2^32. */
  public int below(int bound) {
    return (int) (((next() >>> 32) * bound) >>> 32);
  }

  /** A double from 0 up to 1: the upper 53 bits over 2^53. */
  public double unit() {
    return (next() >>> 11) * 0x1p-53;
  }

  /**
   * Draws without replacement, in the order drawn: a Fisher-Yates shuffle from the front, {@code
   * swap(i, i + below(size - i))}, cut after {@code count}.
   */
  public int[] draw(int size, int count) {
    if (count > size) {
      throw new IllegalArgumentException(
          "Cannot draw " + count + " of " + size + " without replacement (draw fewer)");
    }
    int[] all = PointTree.all(size);
    for (int i = 0; i < count; i++) {
      int other = i + below(size - i);
      int kept = all[i];
      all[i] = all[other];
      all[other] = kept;
    }
    return java.util.Arrays.copyOf(all, count);
  }
}
