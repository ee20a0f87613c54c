package org.tessera.udf.eeg.signal;

import org.jtransforms.fft.DoubleFFT_1D;
import org.jtransforms.utils.CommonUtils;

/**
 * Fourier transforms of real signals of one length, any length (JTransforms, on the calling thread
 * only). Not thread-safe.
 */
public final class Fft {
  static {
    // An executor's cores belong to its tasks: the library must not start threads of its own.
    CommonUtils.setThreadsBeginN_1D_FFT_2Threads(Long.MAX_VALUE);
    CommonUtils.setThreadsBeginN_1D_FFT_4Threads(Long.MAX_VALUE);
  }

  private final int length;
  private final DoubleFFT_1D transform;

  /**
   * Prepares transforms.
   *
   * @param length the number of samples, at least 1
   */
  public Fft(int length) {
    this.length = length;
    this.transform = new DoubleFFT_1D(length);
  }

  /** The number of samples. */
  public int length() {
    return length;
  }

  /** The number of bins of a spectrum: {@code length / 2 + 1}. */
  public int bins() {
    return length / 2 + 1;
  }

  /**
   * {@code X[k] = Σ x[n] e^(−2πi kn / N)} for the bins from 0 to N/2.
   *
   * @param signal {@code length} samples; destroyed
   * @param spectrum real and imaginary parts in turn, {@code 2 · bins} numbers
   */
  public void forward(double[] signal, double[] spectrum) {
    if (length == 1) {
      spectrum[0] = signal[0];
      spectrum[1] = 0;
      return;
    }
    transform.realForward(signal);
    boolean even = length % 2 == 0;
    System.arraycopy(signal, 0, spectrum, 0, length);
    spectrum[1] = 0;
    if (even) {
      spectrum[length] = signal[1];
      spectrum[length + 1] = 0;
    } else {
      // The library keeps the last imaginary part where the zero of the first one would be.
      spectrum[length] = signal[1];
    }
  }

  /**
   * The signal of a spectrum, scaled by 1/N, so that it undoes {@link #forward}. The imaginary
   * parts of bin 0 and, for an even length, of the last bin are taken as 0.
   *
   * @param spectrum real and imaginary parts in turn, {@code 2 · bins} numbers
   * @param signal {@code length} samples, written
   */
  public void inverse(double[] spectrum, double[] signal) {
    if (length == 1) {
      signal[0] = spectrum[0];
      return;
    }
    System.arraycopy(spectrum, 0, signal, 0, length);
    signal[1] = spectrum[length];
    transform.realInverse(signal, true);
  }
}
