package org.tessera.udf.audio.feature;

import java.util.Arrays;

/**
 * Kaldi's log filter-bank energies, as {@code torchaudio.compliance.kaldi.fbank} computes them: per
 * frame, remove the mean, pre-emphasise, window, power spectrum at the next power of two,
 * triangular filters on the scale 1127 ln(1 + f / 700), natural logarithm with floor 2^-23. There
 * is no dither.
 *
 * <p>Rows: 1 + floor((n - length) / shift) with {@link Edges#SNIP}, floor((n + shift / 2) / shift)
 * with {@link Edges#REFLECT}. The filters are computed in floats, which the reference does for any
 * input; all else is in double precision, like the reference given doubles. Given floats, the
 * reference differs from itself by up to 0.03 in bins far below the loudest of their frame.
 */
public final class KaldiFbank implements FrameTransform {
  private static final float FLOOR = 0x1p-23f;

  /** What happens at the ends of the signal. */
  public enum Edges {
    /** Only frames that fit. */
    SNIP,
    /** Frames centred on every shift; the signal is mirrored, its end samples repeated. */
    REFLECT
  }

  private final Options options;
  private final int length;
  private final int shift;
  private final double[] window;
  private final PowerSpectrum spectrum;
  private final FilterBank bank;

  /** Filters for one rate; see {@link Options}. */
  public KaldiFbank(Options options) {
    this.options = options;
    this.length = (int) (options.rate * options.frameMillis * 0.001);
    this.shift = (int) (options.rate * options.shiftMillis * 0.001);
    if (length < 2 || shift < 1) {
      throw new IllegalArgumentException(
          "Cannot use frames of "
              + options.frameMillis
              + " ms every "
              + options.shiftMillis
              + " ms at "
              + options.rate
              + " Hz");
    }
    int padded = length == 1 ? 1 : Integer.highestOneBit(length - 1) << 1;
    this.spectrum = new PowerSpectrum(padded);
    this.window = window(options.window, length);
    this.bank = FilterBank.of(banks(padded));
  }

  /**
   * Kaldi's options; {@link #defaults} has its defaults.
   *
   * @param rate Hz
   * @param bins filters, more than 3
   * @param frameMillis length of a frame
   * @param shiftMillis from frame to frame
   * @param lowHz lowest frequency
   * @param highHz highest frequency; at most 0 counts from the Nyquist frequency
   * @param preemphasis 0 to 1
   * @param window {@code povey}, {@code hanning}, {@code hamming} or {@code rectangular}
   * @param edges what happens at the ends
   */
  public record Options(
      int rate,
      int bins,
      double frameMillis,
      double shiftMillis,
      double lowHz,
      double highHz,
      double preemphasis,
      String window,
      Edges edges) {
    /** 25 ms every 10 ms, 20 Hz to Nyquist, pre-emphasis 0.97, Povey's window, snipped edges. */
    public static Options defaults(int rate, int bins) {
      return new Options(rate, bins, 25, 10, 20, 0, 0.97, "povey", Edges.SNIP);
    }
  }

  @Override
  public int frames(int samples) {
    if (samples < length) {
      return 0;
    }
    return options.edges == Edges.SNIP
        ? 1 + (samples - length) / shift
        : (samples + shift / 2) / shift;
  }

  @Override
  public int bins() {
    return options.bins;
  }

  @Override
  public float[] apply(float[] samples) {
    int frames = frames(samples.length);
    int lead = options.edges == Edges.SNIP ? 0 : length / 2 - shift / 2;
    float[] rows = new float[frames * options.bins];
    double[] frame = new double[spectrum.size()];
    double[] power = new double[spectrum.bins()];
    for (int i = 0; i < frames; i++) {
      cut(samples, i * shift - lead, frame);
      spectrum.power(frame, power);
      for (int bin = 0; bin < options.bins; bin++) {
        double energy = bank.apply(bin, power);
        rows[i * options.bins + bin] = (float) Math.log(Math.max(energy, FLOOR));
      }
    }
    return rows;
  }

  /** One frame without its mean, pre-emphasised, windowed, padded with zeros. */
  private void cut(float[] samples, int start, double[] frame) {
    double sum = 0;
    for (int i = 0; i < length; i++) {
      frame[i] = samples[mirror(start + i, samples.length)];
      sum += frame[i];
    }
    double mean = sum / length;
    double previous = frame[0] - mean;
    for (int i = 0; i < length; i++) {
      double value = frame[i] - mean;
      frame[i] = (value - options.preemphasis * previous) * window[i];
      previous = value;
    }
    Arrays.fill(frame, length, frame.length, 0);
  }

  private static int mirror(int at, int length) {
    int index = at;
    while (index < 0 || index >= length) {
      index = index < 0 ? -1 - index : 2 * length - 1 - index;
    }
    return index;
  }

  private static double[] window(String name, int length) {
    double[] window = new double[length];
    for (int i = 0; i < length; i++) {
      double cosine = Math.cos(2 * Math.PI * i / (length - 1));
      double hann = 0.5 - 0.5 * cosine;
      switch (name) {
        case "povey":
          window[i] = Math.pow(hann, 0.85);
          break;
        case "hanning":
          window[i] = hann;
          break;
        case "hamming":
          window[i] = 0.54 - 0.46 * cosine;
          break;
        default:
          window[i] = 1;
          break;
      }
    }
    return window;
  }

  private float[][] banks(int padded) {
    double nyquist = 0.5 * options.rate;
    double high = options.highHz <= 0 ? options.highHz + nyquist : options.highHz;
    if (options.bins <= 3 || !(0 <= options.lowHz && options.lowHz < high && high <= nyquist)) {
      throw new IllegalArgumentException(
          "Cannot make "
              + options.bins
              + " mel filters from "
              + options.lowHz
              + " to "
              + high
              + " Hz at "
              + options.rate
              + " Hz (give more than 3, below half the rate)");
    }
    double lowMel = 1127.0 * Math.log(1.0 + options.lowHz / 700.0);
    double highMel = 1127.0 * Math.log(1.0 + high / 700.0);
    float delta = (float) ((highMel - lowMel) / (options.bins + 1));
    float binWidth = (float) ((double) options.rate / padded);
    float[][] banks = new float[options.bins][padded / 2 + 1];
    for (int k = 0; k < padded / 2; k++) {
      float mel = 1127.0f * (float) Math.log(1.0f + binWidth * k / 700.0f);
      for (int bin = 0; bin < options.bins; bin++) {
        float left = (float) lowMel + bin * delta;
        float center = (float) lowMel + (bin + 1.0f) * delta;
        float right = (float) lowMel + (bin + 2.0f) * delta;
        float up = (mel - left) / (center - left);
        float down = (right - mel) / (right - center);
        banks[bin][k] = Math.max(0, Math.min(up, down));
      }
    }
    return banks;
  }
}
