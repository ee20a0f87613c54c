package org.tessera.udf.eeg;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.signal.Butterworth;
import org.tessera.udf.eeg.signal.FirDesign;
import org.tessera.udf.eeg.signal.FirFilter;
import org.tessera.udf.eeg.signal.Resampler;
import org.tessera.udf.eeg.signal.SosFilter;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * Steps along time. A filter cannot be designed before the rate of a recording is known: a band
 * that does not fit the rate rejects the recording. A stretch without a gap that is too short for a
 * recursive filter gives no windows.
 */
final class FilterSteps {
  private FilterSteps() {}

  /**
   * {@code filter}: zero-phase band-pass.
   *
   * <ul>
   *   <li>{@code low_hz}, {@code high_hz}: at least one
   *   <li>{@code method}: {@code fir} (default: {@link FirDesign#bandPass}, MNE's {@code
   *       raw.filter}, in bounded memory) or {@code butterworth} ({@link Butterworth} forward and
   *       backward, {@code scipy.signal.sosfiltfilt}; holds the recording whole)
   *   <li>{@code order}: of the Butterworth filter, 4
   * </ul>
   */
  static RecordingStep filter(StepParameters parameters) {
    double low = parameters.number("low_hz", 0);
    double high = parameters.number("high_hz", 0);
    boolean fir = parameters.choice("method", "fir", List.of("fir", "butterworth")).equals("fir");
    int order = parameters.integer("order", 4);
    parameters.finish();
    if (low < 0 || high < 0 || (low == 0 && high == 0) || (high > 0 && low >= high)) {
      throw new IllegalArgumentException(
          "Cannot filter from " + low + " to " + high + " Hz (give low_hz < high_hz, or one)");
    }
    if (order < 1 || order > 12) {
      throw new IllegalArgumentException("Cannot use filter.order: " + order + " (give 1 to 12)");
    }
    return (runs, limits) ->
        fir
            ? fir("filter", runs, rate -> FirDesign.bandPass(low, high, rate), limits)
            : recursive(
                "filter", runs, rate -> Butterworth.bandPass(order, low, high, rate), limits);
  }

  /**
   * {@code notch}: stops lines.
   *
   * <ul>
   *   <li>{@code hz}: one or several frequencies
   *   <li>{@code method}: {@code fir} (default: {@link FirDesign#notch}, MNE's {@code
   *       raw.notch_filter}) or {@code iir} ({@code scipy.signal.iirnotch} with {@code filtfilt};
   *       holds the recording whole)
   *   <li>{@code quality}: of the recursive filter, 30
   *   <li>{@code above_nyquist}: {@code reject} (default) the recording or {@code skip} the line
   * </ul>
   */
  static RecordingStep notch(StepParameters parameters) {
    double[] hz = parameters.numbers("hz");
    boolean fir = parameters.choice("method", "fir", List.of("fir", "iir")).equals("fir");
    double quality = parameters.number("quality", 30);
    boolean skip =
        parameters.choice("above_nyquist", "reject", List.of("reject", "skip")).equals("skip");
    parameters.finish();
    if (hz.length == 0 || java.util.Arrays.stream(hz).anyMatch(line -> !(line > 0))) {
      throw new IllegalArgumentException("Cannot use notch without notch.hz (give e.g. 50)");
    }
    return (runs, limits) -> {
      double half = runs.get(0).rate() / 2;
      double[] lines =
          java.util.Arrays.stream(hz)
              .filter(line -> !skip || line * 1.0025 + 0.5 <= half)
              .toArray();
      if (lines.length == 0) {
        return runs;
      }
      if (fir) {
        return fir("notch", runs, rate -> FirDesign.notch(lines, rate), limits);
      }
      List<Signal> signals = runs;
      for (double line : lines) {
        signals = recursive("notch", signals, rate -> SosFilter.notch(line, quality, rate), limits);
      }
      return signals;
    };
  }

  /**
   * {@code resample}: to another rate by FFT; holds the recording whole.
   *
   * <ul>
   *   <li>{@code rate_hz}
   *   <li>{@code method}: {@code mne} (default: mirrored ends, MNE's {@code raw.resample}) or
   *       {@code scipy} ({@code scipy.signal.resample}: periodic)
   * </ul>
   */
  static RecordingStep resample(ResampleStep step) {
    return RecordingStep.each(
        (run, limits) -> {
          double ratio = step.rate() / run.rate();
          if (Math.abs(ratio - 1) <= 1e-6) {
            return run;
          }
          if (run.frames() == 0) {
            return EmptySignal.of(run, step.rate());
          }
          if (run.frames() * Math.max(ratio, 1) > Integer.MAX_VALUE / 4.0) {
            throw SampleException.of(
                Phase.FRONTEND,
                RejectCode.TOO_LARGE,
                "Cannot resample " + run.frames() + " samples at once (cut the recording)");
          }
          int frames = Resampler.newLength(run.frames(), ratio);
          Map<Integer, Resampler> made = new HashMap<>();
          return new WholeSignal(
              "resample",
              run,
              step.rate(),
              frames,
              signal ->
                  made.computeIfAbsent(signal.length, length -> step.resampler(length, ratio))
                      .apply(signal),
              limits);
        });
  }

  private static List<Signal> fir(
      String step, List<Signal> runs, Design<double[]> design, Limits limits)
      throws SampleException {
    FirFilter filter = new FirFilter(designed(step, runs.get(0), design));
    return RecordingStep.each((run, all) -> new FilteredSignal(run, filter, all))
        .apply(runs, limits);
  }

  private static List<Signal> recursive(
      String step, List<Signal> runs, Design<SosFilter> design, Limits limits)
      throws SampleException {
    SosFilter filter = designed(step, runs.get(0), design);
    return RecordingStep.each(
            (run, all) ->
                run.frames() <= filter.edge()
                    ? EmptySignal.of(run, run.rate())
                    : new WholeSignal(step, run, run.rate(), run.frames(), filter::apply, all))
        .apply(runs, limits);
  }

  @FunctionalInterface
  private interface Design<T> {
    T at(double rate);
  }

  private static <T> T designed(String step, Signal run, Design<T> design) throws SampleException {
    try {
      return design.at(run.rate());
    } catch (IllegalArgumentException e) {
      List<Channel> channels = run.channels();
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot run step "
              + step
              + " on a recording of "
              + run.rate()
              + " Hz with "
              + channels.size()
              + " channels: "
              + e.getMessage());
    }
  }
}
