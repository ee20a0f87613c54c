package org.tessera.pipeline.fit;

/**
 * Sums as 64-bit integers. Their addition is exact, so a sum does not depend on its order, unlike a
 * sum of floats. A scale is a power of two chosen so that no sum can overflow.
 */
final class FixedPoint {
  private FixedPoint() {}

  /**
   * The scale for sums of {@code count} numbers of absolute value up to {@code most}: the greatest
   * power of two with {@code most · count · scale ≤ 2^62}.
   */
  static double scale(double most, long count) {
    int exponent = Math.getExponent(Math.max(most, Double.MIN_NORMAL)) + 1;
    int bits = 64 - Long.numberOfLeadingZeros(Math.max(count, 1));
    return Math.scalb(1.0, Math.min(62 - exponent - bits, 1000));
  }
}
