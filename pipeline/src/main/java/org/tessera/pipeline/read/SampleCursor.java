package org.tessera.pipeline.read;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.tessera.udf.sample.RawSample;
import org.tessera.udf.sample.SampleException;

/**
 * Fetches the samples of some inputs one by one, going into containers wherever they appear. Not
 * thread-safe; closed by its owner.
 */
public final class SampleCursor implements AutoCloseable {
  private record Level(Iterator<RawSample> samples, Runnable release) {}

  private final Deque<Level> levels = new ArrayDeque<>();
  private RawSample sample;
  private RawSample.Fetched fetched;

  /** A cursor before the first of some samples. */
  public SampleCursor(Iterator<RawSample> samples) {
    levels.addLast(new Level(samples, () -> {}));
  }

  /**
   * Fetches the next sample and lets go of the one before.
   *
   * @return whether there is one
   * @throws SampleException when that sample cannot be read; the cursor is at it and may go on
   * @throws IOException when the storage failed
   */
  public boolean next() throws SampleException, IOException {
    release();
    while (!levels.isEmpty()) {
      Level level = levels.peekLast();
      if (!level.samples.hasNext()) {
        levels.pollLast();
        level.release.run();
        continue;
      }
      sample = level.samples.next();
      RawSample.Fetched content = sample.fetch();
      if (content.members().isPresent()) {
        levels.addLast(new Level(content.members().get(), content.release()));
        continue;
      }
      fetched = content;
      return true;
    }
    return false;
  }

  /** The sample that the cursor is at. */
  public RawSample sample() {
    return sample;
  }

  /** Its content; held until the cursor moves. */
  public RawSample.Fetched fetched() {
    return fetched;
  }

  @Override
  public void close() {
    release();
    while (!levels.isEmpty()) {
      levels.pollLast().release.run();
    }
  }

  private void release() {
    if (fetched != null) {
      fetched.release().run();
      fetched = null;
    }
  }
}
