package org.tessera.udf.audio;

import org.tessera.udf.sample.SampleException;

/** A step on one piece of a signal. Thread-safe. */
@FunctionalInterface
interface WindowStep {
  void apply(Window window) throws SampleException;
}
