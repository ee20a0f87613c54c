package org.tessera.udf.points;

import org.tessera.udf.sample.SampleException;

/** One step of the front-end: changes the cloud. Thread-safe. */
@FunctionalInterface
interface PointStep {
  void apply(WorkingCloud cloud) throws SampleException;
}
