package org.tessera.udf.audio.feature;

import org.jtransforms.fft.DoubleFFT_1D;
import org.tessera.udf.audio.signal.Bessel;

/**
 * The modified discrete cosine transform: M coefficients from each 2M windowed samples, every M
 * samples (Princen, Johnson and Bradley, 1987). With a window for which w[n]² + w[n + M]² = 1 and
 * the scale sqrt(2 / M) it is an orthogonal lapped transform: {@link #inverse} gives the samples
 * back, and squared errors of coefficients and of samples are the same. Immutable and thread-safe.
 *
 * <p>X[t][k] = sqrt(2 / M) × sum over n of w[n] x[(t - 1) M + n] cos(π / M (n + 1/2 + M / 2) (k +
 * 1/2)); the signal is preceded by M zeros and padded with zeros to ceil(N / M) + 1 rows.
 */
public final class Mdct implements FrameTransform {
  private final int size;
  private final double[] window;
  private final double[] cosines;
  private final double[] sines;
  private final DoubleFFT_1D transform;

  private Mdct(int size, double[] window) {
    this.size = size;
    this.window = window;
    this.transform = new DoubleFFT_1D(size / 2);
    this.cosines = new double[size / 2];
    this.sines = new double[size / 2];
    for (int n = 0; n < size / 2; n++) {
      double angle = -Math.PI * (n + 0.125) / size;
      cosines[n] = Math.cos(angle);
      sines[n] = Math.sin(angle);
    }
  }

  /**
   * With the sine window, as in Vorbis' and AAC's long blocks.
   *
   * @param size M, even: coefficients in a row and samples between rows
   */
  public static Mdct sine(int size) {
    checkSize(size);
    double[] window = new double[2 * size];
    for (int n = 0; n < window.length; n++) {
      window[n] = Math.sin(Math.PI * (n + 0.5) / window.length);
    }
    return new Mdct(size, window);
  }

  /**
   * With the Kaiser-Bessel-derived window.
   *
   * @param size M, even
   * @param alpha the shape, 4 in AAC and 5 in AC-3
   */
  public static Mdct kaiserBessel(int size, double alpha) {
    checkSize(size);
    double[] sums = new double[size + 1];
    double sum = 0;
    for (int n = 0; n <= size; n++) {
      double ratio = 2.0 * n / size - 1;
      sum += Bessel.i0(Math.PI * alpha * Math.sqrt(1 - ratio * ratio));
      sums[n] = sum;
    }
    double[] window = new double[2 * size];
    for (int n = 0; n < size; n++) {
      window[n] = Math.sqrt(sums[n] / sum);
      window[2 * size - 1 - n] = window[n];
    }
    return new Mdct(size, window);
  }

  private static void checkSize(int size) {
    if (size < 2 || size % 2 != 0) {
      throw new IllegalArgumentException(
          "Cannot make an MDCT of " + size + " coefficients (give an even number)");
    }
  }

  @Override
  public int frames(int samples) {
    return samples == 0 ? 0 : (samples + size - 1) / size + 1;
  }

  @Override
  public int bins() {
    return size;
  }

  @Override
  public float[] apply(float[] samples) {
    int frames = frames(samples.length);
    float[] rows = new float[frames * size];
    double[] block = new double[2 * size];
    double[] folded = new double[size];
    double[] work = new double[size];
    for (int t = 0; t < frames; t++) {
      int start = (t - 1) * size;
      for (int n = 0; n < block.length; n++) {
        int at = start + n;
        block[n] = at >= 0 && at < samples.length ? samples[at] * window[n] : 0;
      }
      fold(block, folded);
      cosine(folded, work);
      for (int k = 0; k < size; k++) {
        rows[t * size + k] = (float) folded[k];
      }
    }
    return rows;
  }

  /**
   * The samples of rows of coefficients, by overlap and add.
   *
   * @param rows frames × M values
   * @param samples how many samples to give, at most (frames - 1) × M
   */
  public float[] inverse(float[] rows, int samples) {
    int frames = rows.length / size;
    if (rows.length % size != 0 || samples > (frames - 1) * size) {
      throw new IllegalArgumentException(
          "Cannot make "
              + samples
              + " samples of "
              + rows.length
              + " MDCT coefficients (a row has "
              + size
              + ")");
    }
    double[] sums = new double[(frames + 1) * size];
    double[] block = new double[2 * size];
    double[] folded = new double[size];
    double[] work = new double[size];
    for (int t = 0; t < frames; t++) {
      for (int k = 0; k < size; k++) {
        folded[k] = rows[t * size + k];
      }
      cosine(folded, work);
      unfold(folded, block);
      for (int n = 0; n < block.length; n++) {
        sums[t * size + n] += block[n] * window[n];
      }
    }
    float[] signal = new float[samples];
    for (int n = 0; n < samples; n++) {
      signal[n] = (float) sums[size + n];
    }
    return signal;
  }

  /** (a, b, c, d) to (-c reversed - d, a - b reversed), quarters of the block. */
  private void fold(double[] block, double[] folded) {
    int half = size / 2;
    for (int n = 0; n < half; n++) {
      folded[n] = -block[3 * half - 1 - n] - block[3 * half + n];
      folded[half + n] = block[n] - block[2 * half - 1 - n];
    }
  }

  private void unfold(double[] folded, double[] block) {
    int half = size / 2;
    for (int n = 0; n < half; n++) {
      block[n] = folded[half + n];
      block[2 * half - 1 - n] = -folded[half + n];
      block[3 * half - 1 - n] = -folded[n];
      block[3 * half + n] = -folded[n];
    }
  }

  /** The orthonormal DCT-IV in place, its own inverse, through a complex FFT of M / 2 points. */
  private void cosine(double[] values, double[] work) {
    int half = size / 2;
    for (int n = 0; n < half; n++) {
      double real = values[2 * n];
      double imaginary = values[size - 1 - 2 * n];
      work[2 * n] = real * cosines[n] - imaginary * sines[n];
      work[2 * n + 1] = real * sines[n] + imaginary * cosines[n];
    }
    transform.complexForward(work);
    double scale = Math.sqrt(2.0 / size);
    for (int k = 0; k < half; k++) {
      double real = work[2 * k];
      double imaginary = work[2 * k + 1];
      values[2 * k] = scale * (real * cosines[k] - imaginary * sines[k]);
      values[size - 1 - 2 * k] = -scale * (real * sines[k] + imaginary * cosines[k]);
    }
  }
}
