package org.tessera.pipeline.export;

import java.io.Closeable;
import java.io.IOException;

/** One shard being written. Not thread-safe; closed by whoever opened it. */
public interface ShardSink extends Closeable {
  /**
   * Writes a sequence.
   *
   * @param index its number in the export, from 0
   */
  void write(Sequence sequence, long index) throws IOException;

  /**
   * Completes the shard's files.
   *
   * @return what the export's index needs to know of the shard, as JSON; empty for nothing
   */
  String finish() throws IOException;

  /** Gives up what {@link #finish} has not completed. */
  @Override
  void close() throws IOException;
}
