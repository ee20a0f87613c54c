package org.tessera.udf.eeg.signal;

/**
 * Magnitudes of the short-time Fourier transform: {@code abs(torch.stft(x, n_fft, hop,
 * window=torch.hann_window(n_fft), center=False, onesided=True))}. Not thread-safe.
 */
public final class Stft {
  private final int size;
  private final int hop;
  private final double[] window;
  private final Fft fft;
  private final double[] work;
  private final double[] spectrum;

  /**
   * Prepares transforms.
   *
   * @param size samples of a frame
   * @param hop samples from one frame to the next
   */
  public Stft(int size, int hop) {
    if (size < 1 || hop < 1) {
      throw new IllegalArgumentException(
          "Cannot use frames of " + size + " samples every " + hop + " (give at least 1)");
    }
    this.size = size;
    this.hop = hop;
    this.fft = new Fft(size);
    this.work = new double[size];
    this.spectrum = new double[2 * fft.bins()];
    this.window = new double[size];
    for (int n = 0; n < size; n++) {
      window[n] = 0.5 - 0.5 * Math.cos(2 * Math.PI * n / size);
    }
  }

  /** The number of frames: {@code 1 + (length − size) / hop}, or 0 for a shorter signal. */
  public int frames(int length) {
    return length < size ? 0 : 1 + (length - size) / hop;
  }

  /** The number of frequencies: {@code size / 2 + 1}. */
  public int bins() {
    return fft.bins();
  }

  /**
   * The magnitudes.
   *
   * @return one row per frequency, one column per frame
   */
  public double[][] magnitudes(double[] signal) {
    int frames = frames(signal.length);
    double[][] magnitudes = new double[bins()][frames];
    for (int frame = 0; frame < frames; frame++) {
      for (int n = 0; n < size; n++) {
        work[n] = signal[frame * hop + n] * window[n];
      }
      fft.forward(work, spectrum);
      for (int k = 0; k < magnitudes.length; k++) {
        double re = spectrum[2 * k];
        double im = spectrum[2 * k + 1];
        magnitudes[k][frame] = Math.sqrt(re * re + im * im);
      }
    }
    return magnitudes;
  }
}
