package org.tessera.udf.frontend;

import java.util.List;
import org.tessera.udf.sample.SampleException;

/** From the bytes of one file to model inputs, by the steps of a manifest. Thread-safe. */
public interface FrontEnd {
  /**
   * Decodes and prepares one file.
   *
   * @param content the whole file
   * @return its segments, in order; at least one
   * @throws SampleException when this file cannot become model input
   */
  List<Segment> segments(byte[] content) throws SampleException;
}
