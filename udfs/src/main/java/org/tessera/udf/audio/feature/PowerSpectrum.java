package org.tessera.udf.audio.feature;

import org.jtransforms.fft.DoubleFFT_1D;

/** Squared magnitudes of the discrete Fourier transform of real frames. Thread-safe. */
final class PowerSpectrum {
  private final int size;
  private final DoubleFFT_1D transform;

  /**
   * @param size an even number of points
   */
  PowerSpectrum(int size) {
    if (size < 2 || size % 2 != 0) {
      throw new IllegalArgumentException(
          "Cannot transform frames of " + size + " samples (give an even number)");
    }
    this.size = size;
    this.transform = new DoubleFFT_1D(size);
  }

  int size() {
    return size;
  }

  /** The number of frequencies: size / 2 + 1. */
  int bins() {
    return size / 2 + 1;
  }

  /**
   * Replaces a frame by its power spectrum.
   *
   * @param frame {@code size} samples; overwritten
   * @param power {@link #bins} values
   */
  void power(double[] frame, double[] power) {
    transform.realForward(frame);
    int half = size / 2;
    power[0] = frame[0] * frame[0];
    power[half] = frame[1] * frame[1];
    for (int k = 1; k < half; k++) {
      double real = frame[2 * k];
      double imaginary = frame[2 * k + 1];
      power[k] = real * real + imaginary * imaginary;
    }
  }
}
