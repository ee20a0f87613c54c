package org.tessera.udf.audio;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tessera.model.bundle.Step;
import org.tessera.udf.audio.signal.MonoSignal;
import org.tessera.udf.audio.signal.PaddedSignal;
import org.tessera.udf.audio.signal.ResampleFilter;
import org.tessera.udf.audio.signal.ResampledSignal;
import org.tessera.udf.audio.signal.SelectedSignal;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.frontend.StepParameters;

/** The steps on a whole signal. */
final class SignalSteps {
  static final List<String> NAMES =
      List.of("mono", "channels", "resample", "pad", "scale", "peak_normalize", "rms_normalize");

  /** Filters that one step keeps; files of more rates than this make theirs anew. */
  private static final int KEPT_FILTERS = 16;

  private SignalSteps() {}

  static SignalStep of(Step step) {
    return switch (step.name()) {
      case "mono" -> mono(step);
      case "channels" -> channels(step);
      case "resample" -> resample(step);
      case "pad" -> pad(step);
      case "scale" -> Gain.scale(step)::open;
      case "peak_normalize" -> Gain.peak(step)::open;
      case "rms_normalize" -> Gain.rms(step)::open;
      default -> throw new IllegalArgumentException("Cannot use step " + step.name());
    };
  }

  private static SignalStep mono(Step step) {
    new StepParameters(step).finish();
    return (upstream, notes) -> new MonoSignal(upstream.open(notes));
  }

  private static SignalStep channels(Step step) {
    StepParameters parameters = new StepParameters(step);
    double[] numbers = parameters.numbers("select");
    parameters.finish();
    int[] selected = new int[numbers.length];
    for (int i = 0; i < selected.length; i++) {
      selected[i] = (int) numbers[i];
      if (selected[i] != numbers[i] || selected[i] < 0) {
        throw new IllegalArgumentException(
            "Cannot use channels.select: " + numbers[i] + " (channels count from 0)");
      }
    }
    if (selected.length == 0) {
      throw new IllegalArgumentException(
          "Cannot use step channels without the parameter select (add it)");
    }
    return (upstream, notes) -> {
      Signal signal = upstream.open(notes);
      try {
        return new SelectedSignal(signal, selected);
      } catch (org.tessera.udf.sample.SampleException e) {
        signal.close();
        throw e;
      }
    };
  }

  private static SignalStep resample(Step step) {
    StepParameters parameters = new StepParameters(step);
    int rate = parameters.requiredInteger("rate");
    int lobes = parameters.integer("lowpass_filter_width", 6);
    double rolloff = parameters.number("rolloff", 0.99);
    boolean kaiser =
        parameters.choice("window", "hann", List.of("hann", "kaiser")).equals("kaiser");
    double beta =
        kaiser ? parameters.number("beta", ResampleFilter.KAISER_BETA) : ResampleFilter.KAISER_BETA;
    parameters.finish();
    if (rate < 1 || rate > 768_000 || lobes < 1 || lobes > 512 || !(rolloff > 0 && rolloff <= 1)) {
      throw new IllegalArgumentException(
          "Cannot resample to "
              + rate
              + " Hz with width "
              + lobes
              + " and rolloff "
              + rolloff
              + " (1 to 768000 Hz, 1 to 512 and above 0 to 1)");
    }
    Map<Integer, ResampleFilter> filters = new ConcurrentHashMap<>();
    return (upstream, notes) -> {
      Signal signal = upstream.open(notes);
      if (signal.rate() == rate) {
        return signal;
      }
      notes.changeRate(signal.rate(), rate);
      ResampleFilter filter = filters.get(signal.rate());
      if (filter == null) {
        filter =
            kaiser
                ? ResampleFilter.kaiser(signal.rate(), rate, lobes, rolloff, beta)
                : ResampleFilter.hann(signal.rate(), rate, lobes, rolloff);
        if (filters.size() < KEPT_FILTERS) {
          filters.put(signal.rate(), filter);
        }
      }
      return new ResampledSignal(signal, filter, rate);
    };
  }

  private static SignalStep pad(Step step) {
    StepParameters parameters = new StepParameters(step);
    int before = parameters.integer("before", 0);
    int after = parameters.integer("after", 0);
    parameters.finish();
    if (before < 0 || after < 0) {
      throw new IllegalArgumentException(
          "Cannot pad with " + before + " and " + after + " zeros (give numbers from 0)");
    }
    return (upstream, notes) -> {
      Signal signal = new PaddedSignal(upstream.open(notes), before, after);
      notes.addLead(before);
      return signal;
    };
  }
}
