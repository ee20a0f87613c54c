package org.tessera.udf.audio;

import org.jtransforms.fft.DoubleFFT_1D;

/** How close a signal is to another one. All values in decibels. */
final class SignalMetrics {
  private static final int FFT = 2048;
  private static final int HOP = 512;

  /** Ratios are cut off here: floats cannot say more. */
  private static final double MOST_DB = 120;

  private SignalMetrics() {}

  /** Signal to distortion: 10 log10(|s|² / |s - ŝ|²), at most 120; NaN for a silent original. */
  static double sdr(float[][] original, float[][] decoded) {
    double signal = 0;
    double noise = 0;
    for (int c = 0; c < original.length; c++) {
      for (int i = 0; i < original[c].length; i++) {
        double difference = (double) original[c][i] - decoded[c][i];
        signal += (double) original[c][i] * original[c][i];
        noise += difference * difference;
      }
    }
    return ratio(signal, noise);
  }

  /**
   * Scale-invariant signal to noise (Luo and Mesgarani, 2018), mean over channels: both signals
   * without their means, t = (⟨ŝ, s⟩ / |s|²) s, 10 log10(|t|² / |ŝ - t|²), within ±120; NaN when
   * the original is constant.
   */
  static double siSnr(float[][] original, float[][] decoded) {
    double sum = 0;
    for (int c = 0; c < original.length; c++) {
      sum += siSnr(original[c], decoded[c]);
    }
    return sum / original.length;
  }

  private static double siSnr(float[] original, float[] decoded) {
    double meanS = mean(original);
    double meanD = mean(decoded);
    double dot = 0;
    double energy = 0;
    for (int i = 0; i < original.length; i++) {
      double s = original[i] - meanS;
      dot += s * (decoded[i] - meanD);
      energy += s * s;
    }
    double scale = energy == 0 ? 0 : dot / energy;
    double noise = 0;
    for (int i = 0; i < original.length; i++) {
      double e = decoded[i] - meanD - scale * (original[i] - meanS);
      noise += e * e;
    }
    return energy == 0 ? Double.NaN : ratio(scale * scale * energy, noise);
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return values.length == 0 ? 0 : sum / values.length;
  }

  private static double ratio(double signal, double noise) {
    if (signal == 0 && noise == 0) {
      return Double.NaN;
    }
    double decibels = 10 * (Math.log10(signal) - Math.log10(noise));
    return Math.max(-MOST_DB, Math.min(MOST_DB, decibels));
  }

  /**
   * Log-spectral distance (Gray and Markel, 1976): per frame of 2048 samples (periodic Hann window,
   * every 512, zeros behind the end), the root mean square over frequencies of 10 log10(P / P̂),
   * with 1e-10 added to both powers; mean over frames and channels.
   */
  static double logSpectralDistance(float[][] original, float[][] decoded) {
    DoubleFFT_1D transform = new DoubleFFT_1D(FFT);
    double sum = 0;
    int count = 0;
    for (int c = 0; c < original.length; c++) {
      int frames = 1 + Math.max(0, original[c].length - FFT + HOP - 1) / HOP;
      for (int t = 0; t < frames; t++) {
        double[] a = logPower(transform, original[c], t * HOP);
        double[] b = logPower(transform, decoded[c], t * HOP);
        double squares = 0;
        for (int k = 0; k < a.length; k++) {
          squares += (a[k] - b[k]) * (a[k] - b[k]);
        }
        sum += Math.sqrt(squares / a.length);
        count++;
      }
    }
    return sum / count;
  }

  private static double[] logPower(DoubleFFT_1D transform, float[] samples, int start) {
    double[] frame = new double[FFT];
    for (int n = 0; n < FFT && start + n < samples.length; n++) {
      frame[n] = samples[start + n] * (0.5 - 0.5 * Math.cos(2 * Math.PI * n / FFT));
    }
    transform.realForward(frame);
    double[] power = new double[FFT / 2 + 1];
    power[0] = decibels(frame[0] * frame[0]);
    power[FFT / 2] = decibels(frame[1] * frame[1]);
    for (int k = 1; k < FFT / 2; k++) {
      power[k] = decibels(frame[2 * k] * frame[2 * k] + frame[2 * k + 1] * frame[2 * k + 1]);
    }
    return power;
  }

  private static double decibels(double power) {
    return 10 * Math.log10(power + 1e-10);
  }
}
