package org.tessera.udf.frontend;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** From the bytes of one file to model inputs, by the steps of a manifest. Thread-safe. */
public interface FrontEnd {
  /**
   * Starts to decode one file. Long signals are decoded while their segments are taken.
   *
   * @param input the file; it must stay readable until the segments are closed
   * @throws SampleException when this file cannot become model input
   */
  Segments open(SampleInput input) throws SampleException;

  /** The roles of the inputs that each segment has; {@link Segment#SIGNAL} is always there. */
  default SortedSet<String> roles() {
    return new TreeSet<>(Set.of(Segment.SIGNAL));
  }
}
