package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/** A step on whole recordings. Immutable and thread-safe. */
interface RecordingStep {
  /**
   * The signals after the step.
   *
   * @param runs one signal for each stretch without a gap; all with the same channels and rate
   */
  List<Signal> apply(List<Signal> runs, Limits limits) throws SampleException;

  /** What the step multiplies physical values with; 1 for most. */
  default double factor() {
    return 1;
  }

  /** A step that treats every run in the same way. */
  @FunctionalInterface
  interface EachRun {
    Signal apply(Signal run, Limits limits) throws SampleException;
  }

  /** A step on recordings from a step on runs. */
  static RecordingStep each(EachRun step) {
    return (runs, limits) -> {
      Signal[] changed = new Signal[runs.size()];
      for (int i = 0; i < changed.length; i++) {
        changed[i] = step.apply(runs.get(i), limits);
      }
      return List.of(changed);
    };
  }
}
