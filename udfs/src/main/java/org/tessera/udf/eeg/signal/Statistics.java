package org.tessera.udf.eeg.signal;

import java.util.Arrays;

/** Summary numbers with numpy's definitions. */
public final class Statistics {
  private Statistics() {}

  /** {@code numpy.quantile(values, q, method="linear")}; the values are sorted in place. */
  public static double quantileInPlace(double[] values, double q) {
    Arrays.sort(values);
    double position = q * (values.length - 1);
    int below = (int) Math.floor(position);
    int above = Math.min(below + 1, values.length - 1);
    double part = position - below;
    double difference = values[above] - values[below];
    // numpy interpolates from the nearer end, so that the result is monotonic in q.
    return part < 0.5 ? values[below] + difference * part : values[above] - difference * (1 - part);
  }

  /** The arithmetic mean. */
  public static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  /** {@code numpy.std(values)}: the root of the mean squared distance from the mean. */
  public static double deviation(double[] values) {
    double mean = mean(values);
    double sum = 0;
    for (double value : values) {
      sum += (value - mean) * (value - mean);
    }
    return Math.sqrt(sum / values.length);
  }
}
