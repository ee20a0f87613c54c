package org.tessera.pipeline.stats;

/**
 * A line by ordinary least squares.
 *
 * @param slope the slope
 * @param intercept the value at 0
 * @param r2 the share of the variance that the line explains; 1 when there is none
 */
public record LineFit(double slope, double intercept, double r2) {
  /** Fits y over x; there must be two different x. */
  public static LineFit of(double[] x, double[] y) {
    double meanX = mean(x);
    double meanY = mean(y);
    double xx = 0;
    double xy = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - meanX) * (x[i] - meanX);
      xy += (x[i] - meanX) * (y[i] - meanY);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    double slope = xy / xx;
    return new LineFit(slope, meanY - slope * meanX, yy == 0 ? 1 : xy * xy / (xx * yy));
  }

  /** The line's value. */
  public double at(double x) {
    return intercept + slope * x;
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
