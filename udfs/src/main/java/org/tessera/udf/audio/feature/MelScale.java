package org.tessera.udf.audio.feature;

/** Mel scales and their triangular filters, as librosa and torchaudio define them. */
final class MelScale {
  private static final double LINEAR_HZ = 200.0 / 3;
  private static final double BREAK_HZ = 1000;
  private static final double BREAK_MEL = BREAK_HZ / LINEAR_HZ;
  private static final double LOG_STEP = Math.log(6.4) / 27;

  private MelScale() {}

  /** Filters [bins][fft / 2 + 1], in floats rounded from double precision. */
  static float[][] filters(LogMel.Options options) {
    double high = options.highHz() == 0 ? options.rate() / 2.0 : options.highHz();
    if (options.bins() < 1 || options.lowHz() < 0 || options.lowHz() >= high) {
      throw new IllegalArgumentException(
          "Cannot make "
              + options.bins()
              + " mel filters from "
              + options.lowHz()
              + " to "
              + high
              + " Hz");
    }
    boolean htk = options.scale() == LogMel.Scale.HTK;
    double lowMel = mel(options.lowHz(), htk);
    double step = (mel(high, htk) - lowMel) / (options.bins() + 1);
    float[][] filters = new float[options.bins()][options.fft() / 2 + 1];
    for (int i = 0; i < options.bins(); i++) {
      double left = hertz(lowMel + i * step, htk);
      double center = hertz(lowMel + (i + 1) * step, htk);
      double right = hertz(lowMel + (i + 2) * step, htk);
      double height = options.scale() == LogMel.Scale.SLANEY_AREA ? 2 / (right - left) : 1;
      for (int k = 0; k < filters[i].length; k++) {
        double frequency = (double) k * options.rate() / options.fft();
        double up = (frequency - left) / (center - left);
        double down = (right - frequency) / (right - center);
        filters[i][k] = (float) (Math.max(0, Math.min(up, down)) * height);
      }
    }
    return filters;
  }

  private static double mel(double hertz, boolean htk) {
    if (htk) {
      return 2595 * Math.log10(1 + hertz / 700);
    }
    return hertz < BREAK_HZ ? hertz / LINEAR_HZ : BREAK_MEL + Math.log(hertz / BREAK_HZ) / LOG_STEP;
  }

  private static double hertz(double mel, boolean htk) {
    if (htk) {
      return 700 * (Math.pow(10, mel / 2595) - 1);
    }
    return mel < BREAK_MEL ? mel * LINEAR_HZ : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
  }
}
