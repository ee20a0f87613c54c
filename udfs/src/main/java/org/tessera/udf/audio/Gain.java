package org.tessera.udf.audio;

import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.signal.MonoSignal;
import org.tessera.udf.audio.signal.ScaledSignal;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.SampleException;

/**
 * The steps {@code scale}, {@code peak_normalize} and {@code rms_normalize}: one factor for the
 * whole signal, or for a window when they stand after {@code segment}. Immutable and thread-safe.
 *
 * <p>{@code peak_normalize} {level: 1, floor: 1e-8} multiplies by level / max(peak, floor). {@code
 * rms_normalize} {level: 1, added: 1e-8} multiplies by level / (r + added), where r is the root
 * mean square of the mono mix-down, as EnCodec does.
 */
final class Gain {
  private enum Measure {
    NONE,
    PEAK,
    RMS
  }

  private final Measure measure;
  private final double level;
  private final double small;

  private Gain(Measure measure, double level, double small) {
    this.measure = measure;
    this.level = level;
    this.small = small;
  }

  static Gain scale(Step step) {
    StepParameters parameters = new StepParameters(step);
    double factor = parameters.requiredNumber("factor");
    parameters.finish();
    return new Gain(Measure.NONE, factor, 0);
  }

  static Gain peak(Step step) {
    StepParameters parameters = new StepParameters(step);
    double level = parameters.number("level", 1);
    double floor = parameters.number("floor", 1e-8);
    parameters.finish();
    return new Gain(Measure.PEAK, level, floor);
  }

  static Gain rms(Step step) {
    StepParameters parameters = new StepParameters(step);
    double level = parameters.number("level", 1);
    double added = parameters.number("added", 1e-8);
    parameters.finish();
    return new Gain(Measure.RMS, level, added);
  }

  private double factor(Loudness loudness) {
    return measure == Measure.PEAK
        ? level / Math.max(loudness.peak(), small)
        : level / (loudness.rms() + small);
  }

  /** On the whole signal: a first pass measures, a second one gives the samples. */
  Signal open(SignalStep.Upstream upstream, Notes notes) throws SampleException {
    double factor = level;
    if (measure != Measure.NONE) {
      try (Signal first = upstream.open(new Notes())) {
        Signal measured = measure == Measure.RMS ? new MonoSignal(first) : first;
        factor = factor(Loudness.of(measured));
      }
    }
    Signal signal = new ScaledSignal(upstream.open(notes), (float) factor);
    notes.multiplyGain((float) factor);
    return signal;
  }

  /** On one window. */
  void apply(Window window) {
    float[][] channels = window.channels();
    double factor = level;
    if (measure == Measure.PEAK) {
      factor = factor(Loudness.of(channels));
    } else if (measure == Measure.RMS) {
      float[] mono = new float[channels[0].length];
      MonoSignal.mix(channels, mono.length, mono, 0);
      factor = factor(Loudness.of(new float[][] {mono}));
    }
    for (float[] channel : channels) {
      for (int i = 0; i < channel.length; i++) {
        channel[i] *= (float) factor;
      }
    }
    double before = ((Number) window.geometry().get("gain")).doubleValue();
    window.geometry().put("gain", before * (float) factor);
  }
}
