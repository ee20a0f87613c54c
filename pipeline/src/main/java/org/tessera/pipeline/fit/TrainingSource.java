package org.tessera.pipeline.fit;

import java.io.IOException;
import java.io.Serializable;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.SampleException;

/**
 * Where features to learn from come from. Crosses to other machines, so it holds texts and numbers
 * and opens what it needs there. Thread-safe.
 */
public interface TrainingSource extends Serializable {
  /**
   * Opens one input. It may be open for a while before its first sample is taken: a source on a
   * storage that takes long to answer begins to read now.
   *
   * @param input the text that says what to read, as the caller of the fit gave it
   * @throws IOException when the storage failed: the task fails and is retried
   */
  Samples open(String input) throws IOException;

  /** The samples of one input, in order. Not thread-safe; the taker closes it. */
  interface Samples extends AutoCloseable {
    /**
     * The next sample, or null after the last.
     *
     * @throws SampleException when a sample is bad; the next call goes on behind it
     * @throws IOException when the storage failed
     */
    Sample next() throws SampleException, IOException;

    @Override
    default void close() {}
  }

  /**
   * One sample.
   *
   * @param id identifies the sample, on every machine and in every run
   * @param inputs what the front-end made of it, by role; {@link Segment#SIGNAL} is always there
   */
  record Sample(String id, SortedMap<String, Features> inputs) {
    /** A sample with one input. */
    public Sample(String id, Features signal) {
      this(id, new TreeMap<>(Map.of(Segment.SIGNAL, signal)));
    }

    /** The main input, which is learned from. */
    public Features features() {
      return inputs.get(Segment.SIGNAL);
    }
  }
}
