package org.tessera.udf.frontend;

import java.util.Iterator;
import java.util.List;
import org.tessera.udf.sample.SampleException;

/** The segments of one file, in order; at least one. Not thread-safe; the taker closes it. */
public interface Segments extends AutoCloseable {
  /**
   * The next segment, or null after the last.
   *
   * @throws SampleException when the file turns out to be bad; the whole file is then rejected
   */
  Segment next() throws SampleException;

  @Override
  default void close() {}

  /** Segments that are already there. */
  static Segments of(List<Segment> segments) {
    Iterator<Segment> iterator = segments.iterator();
    return () -> iterator.hasNext() ? iterator.next() : null;
  }
}
