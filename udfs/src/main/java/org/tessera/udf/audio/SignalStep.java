package org.tessera.udf.audio;

import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.SampleException;

/** A step on the whole signal of a file, before it is cut. Thread-safe. */
@FunctionalInterface
interface SignalStep {
  /**
   * Opens the step's signal.
   *
   * @param upstream opens the signal before this step, as often as needed
   * @param notes takes what this step did
   */
  Signal open(Upstream upstream, Notes notes) throws SampleException;

  /** What comes before a step. */
  @FunctionalInterface
  interface Upstream {
    Signal open(Notes notes) throws SampleException;
  }
}
