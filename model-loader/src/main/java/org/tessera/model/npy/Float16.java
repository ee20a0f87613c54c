package org.tessera.model.npy;

/** IEEE 754 binary16, which Java 17 has no conversion for. */
public final class Float16 {
  private Float16() {}

  /** The float of half bits, exactly. */
  public static float toFloat(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0x1f) {
      return Float.intBitsToFloat(sign | 0x7f800000 | fraction << 13);
    }
    if (exponent == 0) {
      float value = fraction * 0x1p-24f;
      return sign == 0 ? value : -value;
    }
    return Float.intBitsToFloat(sign | exponent + 112 << 23 | fraction << 13);
  }

  /** Rounds to nearest, ties to even; values of 65520 and more become infinite. */
  public static short toBits(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 0x47800000 - 0x1000) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude >= 0x38800000) {
      int rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
      return (short) (sign | (rounded - 0x38000000) >> 13);
    }
    // Subnormal: adding 0.5 aligns the fraction to units of 2^-24, rounding as floats do.
    float aligned = Float.intBitsToFloat(magnitude) + 0.5f;
    return (short) (sign | Float.floatToRawIntBits(aligned) - 0x3f000000);
  }
}
