package org.tessera.udf.audio;

import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.feature.FrameTransform;
import org.tessera.udf.audio.feature.LogMel;
import org.tessera.udf.audio.feature.LoudestRange;
import org.tessera.udf.frontend.StepParameters;

/** The parameters of the step {@code log_mel}. */
final class LogMelStep {
  private LogMelStep() {}

  /** The transform for each rate. */
  static IntFunction<FrameTransform> of(Step step) {
    StepParameters parameters = new StepParameters(step);
    int fft = parameters.requiredInteger("fft");
    int window = parameters.integer("window", fft);
    int hop = parameters.requiredInteger("hop");
    int bins = parameters.requiredInteger("bins");
    double low = parameters.number("low_hz", 0);
    double high = parameters.number("high_hz", 0);
    int pad = parameters.integer("pad", fft / 2);
    String edges = parameters.choice("edges", "reflect", List.of("reflect", "zero"));
    int power = parameters.integer("power", 2);
    double epsilon = parameters.number("epsilon", 0);
    String scale =
        parameters.choice("scale", "slaney_area", List.of("htk", "slaney", "slaney_area"));
    String log = parameters.choice("log", "ln", List.of("none", "ln", "log10", "db"));
    double floor = parameters.number("floor", 1e-10);
    double range = parameters.number("range", Double.POSITIVE_INFINITY);
    boolean dropsLast = parameters.flag("drop_last_frame", false);
    parameters.finish();
    if (!(range > 0) || (log.equals("none") && !Double.isInfinite(range))) {
      throw new IllegalArgumentException(
          "Cannot use log_mel.range: " + range + " with log " + log + " (how much of a logarithm)");
    }
    if (power != 1 && power != 2) {
      throw new IllegalArgumentException(
          "Cannot use log_mel.power: " + power + " (1 for magnitudes, 2 for energies)");
    }
    IntFunction<FrameTransform> rows =
        rate ->
            new LogMel(
                new LogMel.Options(
                    rate,
                    fft,
                    window,
                    hop,
                    bins,
                    low,
                    high,
                    pad,
                    LogMel.Edges.valueOf(edges.toUpperCase(Locale.ROOT)),
                    power,
                    epsilon,
                    LogMel.Scale.valueOf(scale.toUpperCase(Locale.ROOT)),
                    LogMel.Compression.valueOf(log.toUpperCase(Locale.ROOT)),
                    floor));
    boolean isWhole = Double.isInfinite(range) && !dropsLast;
    return isWhole ? rows : rate -> new LoudestRange(rows.apply(rate), range, dropsLast);
  }
}
