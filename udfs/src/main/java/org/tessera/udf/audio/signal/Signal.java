package org.tessera.udf.audio.signal;

import org.tessera.udf.sample.SampleException;

/**
 * A sampled signal that is read from its start to its end, block by block, planar and in [-1, 1]
 * when it comes from integers. Not thread-safe. Whoever opened it closes it; closing a filter
 * closes what it reads from.
 */
public interface Signal extends AutoCloseable {
  /** Frames per second. */
  int rate();

  /** The number of channels, at least 1. */
  int channels();

  /**
   * Reads up to {@code count} frames.
   *
   * @param target one array for each channel
   * @param offset where in each array the first frame goes
   * @param count at least 1
   * @return the number of frames read, at least 1; or -1 at the end
   * @throws SampleException when the file turns out to be bad
   */
  int read(float[][] target, int offset, int count) throws SampleException;

  @Override
  default void close() {}
}
