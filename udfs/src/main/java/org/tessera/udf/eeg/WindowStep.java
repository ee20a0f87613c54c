package org.tessera.udf.eeg;

import org.tessera.udf.sample.SampleException;

/** A step on each window. Immutable and thread-safe. */
@FunctionalInterface
interface WindowStep {
  /** Changes the window in place. */
  void apply(Window window) throws SampleException;
}
