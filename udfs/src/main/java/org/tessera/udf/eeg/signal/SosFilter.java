package org.tessera.udf.eeg.signal;

/**
 * A recursive filter in second-order sections, run forward and backward so that it has no delay:
 * {@code scipy.signal.sosfiltfilt} with its defaults (odd extension at the ends, start in steady
 * state). Immutable and thread-safe.
 */
public final class SosFilter {
  private static final int WIDTH = 6;

  private final double[][] sections;

  /**
   * Makes a filter.
   *
   * @param sections b0, b1, b2, 1, a1, a2 of each section
   */
  SosFilter(double[][] sections) {
    this.sections = new double[sections.length][];
    for (int i = 0; i < sections.length; i++) {
      if (sections[i].length != WIDTH || sections[i][3] != 1) {
        throw new IllegalArgumentException("Cannot use section " + i + " (give b0 b1 b2 1 a1 a2)");
      }
      this.sections[i] = sections[i].clone();
    }
  }

  /**
   * A notch of second order, {@code scipy.signal.iirnotch}.
   *
   * @param hz the line
   * @param quality the frequency by the width at −3 dB
   * @param rate samples per second
   */
  public static SosFilter notch(double hz, double quality, double rate) {
    if (!(hz > 0) || hz >= rate / 2 || !(quality > 0)) {
      throw new IllegalArgumentException(
          "Cannot stop "
              + hz
              + " Hz at "
              + rate
              + " samples per second (give 0 < hz < half the"
              + " rate, and a quality above 0)");
    }
    double w0 = 2 * hz / rate * Math.PI;
    double bandwidth = w0 / quality;
    double gain = 1 / (1 + Math.tan(bandwidth / 2));
    double cosine = Math.cos(w0);
    return new SosFilter(
        new double[][] {{gain, -2 * gain * cosine, gain, 1, -2 * gain * cosine, 2 * gain - 1}});
  }

  /** How many samples are added at each end; a signal must be longer. */
  public int edge() {
    int zerosLast = 0;
    int polesLast = 0;
    for (double[] section : sections) {
      zerosLast += section[2] == 0 ? 1 : 0;
      polesLast += section[5] == 0 ? 1 : 0;
    }
    return 3 * (2 * sections.length + 1 - Math.min(zerosLast, polesLast));
  }

  /** Filters a signal forward and backward; it must be longer than {@link #edge}. */
  public double[] apply(double[] signal) {
    int edge = edge();
    int length = signal.length;
    if (length <= edge) {
      throw new IllegalArgumentException(
          "Cannot filter " + length + " samples (the filter needs more than " + edge + ")");
    }
    double[] work = new double[length + 2 * edge];
    System.arraycopy(signal, 0, work, edge, length);
    for (int i = 1; i <= edge; i++) {
      work[edge - i] = 2 * signal[0] - signal[i];
      work[edge + length - 1 + i] = 2 * signal[length - 1] - signal[length - 1 - i];
    }
    pass(work);
    reverse(work);
    pass(work);
    reverse(work);
    double[] result = new double[length];
    System.arraycopy(work, edge, result, 0, length);
    return result;
  }

  /** One pass in place, started as if the first value had been there for ever. */
  private void pass(double[] signal) {
    double level = signal[0];
    for (double[] s : sections) {
      double gain = (s[0] + s[1] + s[2]) / (1 + s[4] + s[5]);
      double second = (s[2] - s[5] * gain) * level;
      double first = (s[1] - s[4] * gain) * level + second;
      double b0 = s[0];
      double b1 = s[1];
      double b2 = s[2];
      double a1 = s[4];
      double a2 = s[5];
      for (int i = 0; i < signal.length; i++) {
        double x = signal[i];
        double y = b0 * x + first;
        first = b1 * x - a1 * y + second;
        second = b2 * x - a2 * y;
        signal[i] = y;
      }
      level *= gain;
    }
  }

  private static void reverse(double[] signal) {
    for (int i = 0, j = signal.length - 1; i < j; i++, j--) {
      double swap = signal[i];
      signal[i] = signal[j];
      signal[j] = swap;
    }
  }
}
