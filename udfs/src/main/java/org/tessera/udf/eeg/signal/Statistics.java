package org.tessera.udf.eeg.signal;

import java.util.Arrays;

/** Summary numbers with numpy's definitions. */
public final class Statistics {
  /** Selection that has not ended by then has met its bad case. */
  private static final int MOST_ROUNDS = 64;

  private Statistics() {}

  /**
   * {@code numpy.quantile(values, q, method="linear")}; the values are put in another order. None
   * of them may be NaN.
   */
  public static double quantileInPlace(double[] values, double q) {
    double position = q * (values.length - 1);
    int below = (int) Math.floor(position);
    double part = position - below;
    select(values, below);
    double low = values[below];
    double high = low;
    if (part > 0) {
      high = Double.POSITIVE_INFINITY;
      for (int i = below + 1; i < values.length; i++) {
        high = Math.min(high, values[i]);
      }
    }
    double difference = high - low;
    // numpy interpolates from the nearer end, so that the result is monotonic in q.
    return part < 0.5 ? low + difference * part : high - difference * (1 - part);
  }

  /** Hoare's selection: afterwards nothing before {@code rank} is larger, nothing after smaller. */
  private static void select(double[] values, int rank) {
    int left = 0;
    int right = values.length - 1;
    int rounds = 0;
    while (left < right) {
      if (rounds++ > MOST_ROUNDS) {
        Arrays.sort(values, left, right + 1);
        return;
      }
      double pivot = median(values[left], values[(left + right) >>> 1], values[right]);
      int i = left;
      int j = right;
      while (i <= j) {
        while (values[i] < pivot) {
          i++;
        }
        while (values[j] > pivot) {
          j--;
        }
        if (i <= j) {
          double swap = values[i];
          values[i++] = values[j];
          values[j--] = swap;
        }
      }
      if (rank <= j) {
        right = j;
      } else if (rank >= i) {
        left = i;
      } else {
        return;
      }
    }
  }

  private static double median(double a, double b, double c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
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
