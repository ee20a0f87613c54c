package org.tessera.udf.eeg.signal;

/** Test signals. */
final class Signals {
  private Signals() {}

  /** The random walk of signals.py, the same doubles. */
  static double[] walk(int length) {
    long state = 42;
    double walk = 0;
    double[] signal = new double[length];
    for (int i = 0; i < length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      double uniform = (state >>> 11) * 0x1p-53 - 0.5;
      walk += uniform;
      signal[i] = walk + 10 * uniform;
    }
    return signal;
  }

  /** MNE's reflect_limited padding before a filter of so many taps. */
  static double oddExtension(double[] x, int i, int taps) {
    int edge = Math.min(taps, x.length) - 1;
    if (i < -edge || i >= x.length + edge) {
      return 0;
    }
    if (i < 0) {
      return 2 * x[0] - x[-i];
    }
    return i < x.length ? x[i] : 2 * x[x.length - 1] - x[2 * (x.length - 1) - i];
  }
}
