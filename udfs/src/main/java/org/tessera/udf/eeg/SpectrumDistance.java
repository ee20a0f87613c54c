package org.tessera.udf.eeg;

import org.tessera.udf.eeg.signal.Fft;

/**
 * How far each channel's log spectrum is from the others', on average. Spectra are Welch's: windows
 * of 2048 samples (or of the longest run) without overlap, minus their mean, in a Hamming window,
 * averaged over the recording: {@code raw.compute_psd(average="mean")} of MNE in V²/Hz, plus 1e-16
 * before the logarithm. Not thread-safe.
 */
final class SpectrumDistance {
  private static final int SIZE = 2048;

  private final int size;
  private final Fft fft;
  private final double[] window;
  private final double[][] power;
  private final double[][] pending;
  private int waiting;
  private long windows;

  /**
   * Prepares for a recording.
   *
   * @param longest frames of its longest run, at least 1
   */
  SpectrumDistance(int channels, long longest) {
    size = (int) Math.min(SIZE, longest);
    fft = new Fft(size);
    window = new double[size];
    power = new double[channels][fft.bins()];
    pending = new double[channels][size];
    for (int n = 0; n < size; n++) {
      window[n] = 0.54 - 0.46 * Math.cos(2 * Math.PI * n / size);
    }
  }

  /** No window crosses a gap. */
  void startRun() {
    waiting = 0;
  }

  /** Adds the next frames of a run. */
  void add(double[][] block, int length) {
    for (int done = 0; done < length; ) {
      int part = Math.min(size - waiting, length - done);
      for (int row = 0; row < pending.length; row++) {
        System.arraycopy(block[row], done, pending[row], waiting, part);
      }
      done += part;
      waiting += part;
      if (waiting == size) {
        waiting = 0;
        windows++;
        for (int row = 0; row < pending.length; row++) {
          addPower(pending[row], power[row]);
        }
      }
    }
  }

  private void addPower(double[] values, double[] sum) {
    double mean = 0;
    for (double value : values) {
      mean += value / size;
    }
    double[] work = new double[size];
    for (int n = 0; n < size; n++) {
      work[n] = (values[n] - mean) * window[n];
    }
    double[] spectrum = new double[2 * fft.bins()];
    fft.forward(work, spectrum);
    for (int k = 0; k < sum.length; k++) {
      double square = spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
      sum[k] += k == 0 || k == sum.length - 1 ? square : 2 * square;
    }
  }

  /**
   * The mean Euclidean distance of each channel's log spectrum to all channels'.
   *
   * @param rate samples per second, which scales a power to one per hertz
   */
  double[] meanDistances(double rate) {
    double norm = 0;
    for (double w : window) {
      norm += w * w;
    }
    double scale = 1 / (Math.max(1, windows) * norm * rate);
    double[][] logs = new double[power.length][fft.bins()];
    for (int row = 0; row < power.length; row++) {
      for (int k = 0; k < logs[row].length; k++) {
        logs[row][k] = Math.log(power[row][k] * scale + 1e-16);
      }
    }
    double[] means = new double[power.length];
    for (int a = 0; a < power.length; a++) {
      for (int b = 0; b < power.length; b++) {
        double square = 0;
        for (int k = 0; k < fft.bins(); k++) {
          square += (logs[a][k] - logs[b][k]) * (logs[a][k] - logs[b][k]);
        }
        means[a] += Math.sqrt(square) / power.length;
      }
    }
    return means;
  }
}
