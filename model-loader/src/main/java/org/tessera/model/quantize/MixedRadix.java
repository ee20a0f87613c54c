package org.tessera.model.quantize;

/** Numbers whose digits have radices of their own; the first digit is least significant. */
public final class MixedRadix {
  private MixedRadix() {}

  /** The product of radices, or {@link Long#MAX_VALUE} when it is larger. */
  public static long product(int... radices) {
    long product = 1;
    for (int radix : radices) {
      if (product > Long.MAX_VALUE / radix) {
        return Long.MAX_VALUE;
      }
      product *= radix;
    }
    return product;
  }

  /** What each digit counts for: {@code 1, r0, r0·r1, ...}. */
  public static int[] basis(int... radices) {
    int[] basis = new int[radices.length];
    int value = 1;
    for (int i = 0; i < radices.length; i++) {
      basis[i] = value;
      if (i + 1 < radices.length) {
        value = Math.multiplyExact(value, radices[i]);
      }
    }
    return basis;
  }

  /** Digits to a number. */
  public static int pack(int[] digits, int from, int[] basis) {
    int number = 0;
    for (int i = 0; i < basis.length; i++) {
      number += digits[from + i] * basis[i];
    }
    return number;
  }

  /** A number to digits. */
  public static void unpack(int number, int[] radices, int[] digits, int to) {
    int rest = number;
    for (int i = 0; i < radices.length; i++) {
      digits[to + i] = rest % radices[i];
      rest /= radices[i];
    }
  }
}
