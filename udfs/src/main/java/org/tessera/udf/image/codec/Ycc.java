package org.tessera.udf.image.codec;

/** libjpeg's fixed-point YCbCr formulas ({@code jdcolor.c}): what to add to Y. */
final class Ycc {
  private static final int BITS = 16;
  private static final int HALF = 1 << (BITS - 1);

  private Ycc() {}

  /** For a Cr of -128 to 127. */
  static int red(int cr) {
    return (fix(1.40200) * cr + HALF) >> BITS;
  }

  /** For Cb and Cr of -128 to 127. */
  static int green(int cb, int cr) {
    return (-fix(0.34414) * cb - fix(0.71414) * cr + HALF) >> BITS;
  }

  /** For a Cb of -128 to 127. */
  static int blue(int cb) {
    return (fix(1.77200) * cb + HALF) >> BITS;
  }

  private static int fix(double value) {
    return (int) (value * (1 << BITS) + 0.5);
  }
}
