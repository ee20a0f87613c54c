package org.tessera.model.quantize.kernel;

/** The standard normal distribution in 64-bit floats, exact to about 1e-15 for {@code |x| <= 8}. */
public final class NormalDistribution {
  private static final double ROOT = Math.sqrt(2 * Math.PI);

  private NormalDistribution() {}

  /** The density. */
  public static double density(double x) {
    return Math.exp(-x * x / 2) / ROOT;
  }

  /** The probability of values up to {@code x}: {@code 1/2 + φ(x)(x + x³/3 + x⁵/(3·5) + ...)}. */
  public static double cumulative(double x) {
    if (x < -8 || x > 8) {
      return x < 0 ? 0 : 1;
    }
    double term = x;
    double sum = x;
    for (int n = 3; Math.abs(term) > 1e-18 * Math.abs(sum) && n < 1000; n += 2) {
      term *= x * x / n;
      sum += term;
    }
    return 0.5 + density(x) * sum;
  }

  /** The value that {@code p} of the probability lies below; by bisection. */
  public static double quantile(double p) {
    if (p <= 0 || p >= 1) {
      return p <= 0 ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }
    if (p > 0.5) {
      return -quantile(1 - p);
    }
    double low = -8;
    double high = 0;
    while (true) {
      double middle = (low + high) / 2;
      if (middle <= low || middle >= high) {
        return middle;
      }
      if (cumulative(middle) < p) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }
}
