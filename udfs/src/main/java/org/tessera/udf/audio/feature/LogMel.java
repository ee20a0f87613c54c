package org.tessera.udf.audio.feature;

/**
 * Mel spectrograms with the conventions of torchaudio and librosa, which every choice in {@link
 * Options} names. Rows: 1 + floor((n + 2 pad - fft) / hop), where pad is fft / 2 when centred, and
 * {@code options.pad} otherwise. Computed in double precision with float filters. Immutable and
 * thread-safe.
 */
public final class LogMel implements FrameTransform {
  /** How the mel scale and the filters' heights are defined. */
  public enum Scale {
    /** 2595 log10(1 + f / 700), filters of height 1: torchaudio's default. */
    HTK,
    /** Linear below 1 kHz, filters of height 1. */
    SLANEY,
    /** Linear below 1 kHz, filters of equal area: librosa's default. */
    SLANEY_AREA
  }

  /** What is done with mel energies; {@code floor} is the least value before the logarithm. */
  public enum Compression {
    NONE,
    LN,
    LOG10,
    DB
  }

  /** How the ends of the signal are extended. */
  public enum Edges {
    REFLECT,
    ZERO
  }

  /**
   * Parameters.
   *
   * @param rate Hz
   * @param fft points of the transform, even
   * @param window samples of the periodic Hann window, centred in the frame
   * @param hop samples from row to row
   * @param bins mel filters
   * @param lowHz lowest frequency
   * @param highHz highest frequency; 0 for half the rate
   * @param pad samples added on both sides
   * @param edges what they are
   * @param power 1 for magnitudes, 2 for energies
   * @param epsilon added to energies before the square root of magnitudes
   * @param scale mel scale
   * @param compression logarithm
   * @param floor least value before the logarithm
   */
  public record Options(
      int rate,
      int fft,
      int window,
      int hop,
      int bins,
      double lowHz,
      double highHz,
      int pad,
      Edges edges,
      int power,
      double epsilon,
      Scale scale,
      Compression compression,
      double floor) {}

  private final Options options;
  private final double[] window;
  private final PowerSpectrum spectrum;
  private final FilterBank bank;

  /** The transform of these options. */
  public LogMel(Options options) {
    this.options = options;
    if (options.window > options.fft || options.window < 1 || options.hop < 1) {
      throw new IllegalArgumentException(
          "Cannot use a window of "
              + options.window
              + " and a hop of "
              + options.hop
              + " samples with a transform of "
              + options.fft
              + " points (the window is at most as long as the transform)");
    }
    this.spectrum = new PowerSpectrum(options.fft);
    this.window = new double[options.fft];
    int lead = (options.fft - options.window) / 2;
    for (int n = 0; n < options.window; n++) {
      window[lead + n] = 0.5 - 0.5 * Math.cos(2 * Math.PI * n / options.window);
    }
    this.bank = FilterBank.of(MelScale.filters(options));
  }

  @Override
  public int frames(int samples) {
    boolean reflected = options.pad > 0 && options.edges == Edges.REFLECT;
    if (samples == 0 || reflected && samples <= options.pad) {
      return 0;
    }
    int padded = samples + 2 * options.pad;
    return padded < options.fft ? 0 : 1 + (padded - options.fft) / options.hop;
  }

  @Override
  public int bins() {
    return options.bins;
  }

  @Override
  public float[] apply(float[] samples) {
    int frames = frames(samples.length);
    float[] rows = new float[frames * options.bins];
    double[] frame = new double[options.fft];
    double[] power = new double[spectrum.bins()];
    for (int t = 0; t < frames; t++) {
      int start = t * options.hop - options.pad;
      for (int n = 0; n < frame.length; n++) {
        frame[n] = sample(samples, start + n) * window[n];
      }
      spectrum.power(frame, power);
      if (options.power == 1) {
        for (int k = 0; k < power.length; k++) {
          power[k] = Math.sqrt(power[k] + options.epsilon);
        }
      }
      for (int bin = 0; bin < options.bins; bin++) {
        rows[t * options.bins + bin] = (float) compress(bank.apply(bin, power));
      }
    }
    return rows;
  }

  private double sample(float[] samples, int at) {
    if (at >= 0 && at < samples.length) {
      return samples[at];
    }
    if (options.edges == Edges.ZERO) {
      return 0;
    }
    return samples[at < 0 ? -at : 2 * (samples.length - 1) - at];
  }

  private double compress(double energy) {
    double kept = Math.max(energy, options.floor);
    return switch (options.compression) {
      case NONE -> energy;
      case LN -> Math.log(kept);
      case LOG10 -> Math.log10(kept);
      case DB -> 10 * Math.log10(kept);
    };
  }
}
