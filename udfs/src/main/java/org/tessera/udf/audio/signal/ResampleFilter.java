package org.tessera.udf.audio.signal;

import java.math.BigInteger;
import java.util.Arrays;

/**
 * The windowed-sinc filter that changes the rate {@code from} to {@code to}, one set of taps for
 * each phase of the output. Immutable and thread-safe.
 *
 * <p>With both rates divided by their greatest common divisor, b = min(from, to) × rolloff and
 * width = ceil(lobes × from / b), output m × to + p is the sum over k of x[m × from - width + k] ×
 * h[p][k], where h[p][k] = (b / from) × sinc(π t) × w(t), t = clamp((-p / to + (k - width) / from)
 * × b), and w is a Hann or Kaiser window over 2 × lobes zero crossings: {@code
 * torchaudio.functional.resample} (J. O. Smith, "Digital Audio Resampling"). The taps are computed
 * in double precision and rounded to floats, as {@code torchaudio.transforms.Resample} does; its
 * {@code -p / to} is a float too.
 */
public final class ResampleFilter {
  /** Torchaudio's beta of the Kaiser window. */
  public static final double KAISER_BETA = 14.769656459379492;

  private final int from;
  private final int to;
  private final int width;
  private final int[] first;
  private final float[][] taps;

  private ResampleFilter(int from, int to, int width) {
    this.from = from;
    this.to = to;
    this.width = width;
    this.first = new int[to];
    this.taps = new float[to][];
  }

  /**
   * A filter with a Hann window.
   *
   * @param lobes zero crossings on each side; torchaudio's {@code lowpass_filter_width}, usually 6
   * @param rolloff the cut-off as a part of the lower Nyquist frequency, usually 0.99
   */
  public static ResampleFilter hann(int fromRate, int toRate, int lobes, double rolloff) {
    return of(fromRate, toRate, lobes, rolloff, -1);
  }

  /** A filter with a Kaiser window; see {@link #hann} and {@link #KAISER_BETA}. */
  public static ResampleFilter kaiser(
      int fromRate, int toRate, int lobes, double rolloff, double beta) {
    return of(fromRate, toRate, lobes, rolloff, beta);
  }

  private static ResampleFilter of(
      int fromRate, int toRate, int lobes, double rolloff, double beta) {
    int divisor = BigInteger.valueOf(fromRate).gcd(BigInteger.valueOf(toRate)).intValue();
    int from = fromRate / divisor;
    int to = toRate / divisor;
    double base = Math.min(from, to) * rolloff;
    int width = (int) Math.ceil(lobes * from / base);
    ResampleFilter filter = new ResampleFilter(from, to, width);
    float[] all = new float[2 * width + from];
    for (int phase = 0; phase < to; phase++) {
      double shift = (float) -phase / (float) to;
      for (int k = 0; k < all.length; k++) {
        double t = (shift + (double) (k - width) / from) * base;
        all[k] =
            Math.abs(t) >= lobes ? 0 : (float) (sinc(t) * (window(t, lobes, beta) * base / from));
      }
      filter.keep(phase, all);
    }
    return filter;
  }

  private static double sinc(double t) {
    return t == 0 ? 1 : Math.sin(t * Math.PI) / (t * Math.PI);
  }

  private static double window(double t, int lobes, double beta) {
    if (beta < 0) {
      double cosine = Math.cos(t * Math.PI / lobes / 2);
      return cosine * cosine;
    }
    double ratio = t / lobes;
    return Bessel.i0(beta * Math.sqrt(1 - ratio * ratio)) / Bessel.i0(beta);
  }

  private void keep(int phase, float[] all) {
    int low = 0;
    int high = all.length;
    while (low < high && all[low] == 0) {
      low++;
    }
    while (high > low && all[high - 1] == 0) {
      high--;
    }
    first[phase] = low;
    taps[phase] = Arrays.copyOfRange(all, low, high);
  }

  /** The input's rate divided by the common divisor: input samples for one turn of the phases. */
  int from() {
    return from;
  }

  /** The output's rate divided by the common divisor: the number of phases. */
  int to() {
    return to;
  }

  /** Input samples that are needed before the first one of a turn. */
  int width() {
    return width;
  }

  /** Input samples that one turn looks at. */
  int span() {
    return 2 * width + from;
  }

  /** Where the taps of a phase start within the span. */
  int first(int phase) {
    return first[phase];
  }

  float[] taps(int phase) {
    return taps[phase];
  }

  /** The number of output samples for so many input samples: ceil(n × to / from), exactly. */
  public long outputLength(long inputLength) {
    long turns = inputLength / from;
    long rest = inputLength % from;
    return turns * to + (rest * to + from - 1) / from;
  }
}
