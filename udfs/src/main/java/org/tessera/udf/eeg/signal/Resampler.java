package org.tessera.udf.eeg.signal;

/**
 * Resampling in the frequency domain, of whole signals: the spectrum is cut or extended with zeros.
 * Not thread-safe.
 */
public final class Resampler {
  private final int before;
  private final int padding;
  private final int length;
  private final int newLength;
  private final int skip;
  private final int outputLength;
  private final Fft from;
  private final Fft to;
  private final double[] work;
  private final double[] spectrum;
  private final double[] output;

  private Resampler(int length, int before, int after, int newLength, int skip, int outputLength) {
    this.length = length;
    this.before = before;
    this.padding = before + after;
    this.newLength = newLength;
    this.skip = skip;
    this.outputLength = outputLength;
    this.from = new Fft(length + padding);
    this.to = new Fft(newLength);
    this.work = new double[length + padding];
    this.output = new double[newLength];
    this.spectrum = new double[2 * Math.max(from.bins(), to.bins())];
  }

  /** {@code scipy.signal.resample(x, newLength)}: the signal is taken as periodic. */
  public static Resampler scipy(int length, int newLength) {
    return new Resampler(length, 0, 0, newLength, 0, newLength);
  }

  /**
   * {@code mne.filter.resample(x, up, down, npad="auto")}: the signal is first mirrored at its ends
   * up to a power of two. The new length is {@code round(ratio · length)}.
   *
   * @param ratio the new rate by the old one
   */
  public static Resampler mne(int length, double ratio) {
    int outputLength = newLength(length, ratio);
    int least = Math.min(length / 8, 100) * 2;
    int power = 1;
    while (power < length + least) {
      power <<= 1;
    }
    int before = (power - length) / 2;
    int after = power - length - before;
    int newLength = Math.max((int) Math.rint(ratio * power), 1);
    return new Resampler(
        length, before, after, newLength, (int) Math.rint(ratio * before), outputLength);
  }

  /** The length after resampling: {@code round(ratio · length)}, at least 1. */
  public static int newLength(long length, double ratio) {
    return Math.toIntExact(Math.max((long) Math.rint(ratio * length), 1));
  }

  /** How many samples the new signal has. */
  public int outputLength() {
    return outputLength;
  }

  /** Resamples one signal of the length this was made for. */
  public double[] apply(double[] signal) {
    pad(signal);
    from.forward(work, spectrum);
    int shorter = Math.min(newLength, work.length);
    if (shorter % 2 == 0 && newLength != work.length) {
      double factor = newLength < work.length ? 2 : 0.5;
      spectrum[shorter] *= factor;
      spectrum[shorter + 1] *= factor;
    }
    for (int k = 2 * (shorter / 2 + 1); k < 2 * to.bins(); k++) {
      spectrum[k] = 0;
    }
    to.inverse(spectrum, output);
    double scale = (double) newLength / work.length;
    double[] result = new double[outputLength];
    for (int i = 0; i < outputLength; i++) {
      result[i] = output[skip + i] * scale;
    }
    return result;
  }

  private void pad(double[] signal) {
    System.arraycopy(signal, 0, work, before, length);
    for (int i = 1; i <= before; i++) {
      work[before - i] = i < length ? 2 * signal[0] - signal[i] : 0;
    }
    int end = before + length;
    for (int i = 1; i <= padding - before; i++) {
      work[end + i - 1] = i < length ? 2 * signal[length - 1] - signal[length - 1 - i] : 0;
    }
  }
}
