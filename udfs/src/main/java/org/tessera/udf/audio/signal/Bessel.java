package org.tessera.udf.audio.signal;

/** The modified Bessel function of the first kind and order 0, for Kaiser windows. */
public final class Bessel {
  private Bessel() {}

  /** I0(x) by its power series, to double precision for |x| up to 50. */
  public static double i0(double x) {
    double quarter = x * x / 4;
    double term = 1;
    double sum = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= quarter / ((double) k * k);
      sum += term;
    }
    return sum;
  }
}
