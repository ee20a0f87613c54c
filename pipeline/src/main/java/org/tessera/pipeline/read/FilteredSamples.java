package org.tessera.pipeline.read;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import org.tessera.udf.container.Containers;
import org.tessera.udf.sample.RawSample;

/** The samples of a container but for some members. Not thread-safe. */
final class FilteredSamples implements Containers.Samples {
  private final Iterator<RawSample> samples;
  private final Set<String> except;
  private final Runnable close;
  private RawSample next;

  FilteredSamples(Iterator<RawSample> samples, Set<String> except, Runnable close) {
    this.samples = samples;
    this.except = except;
    this.close = close;
  }

  @Override
  public boolean hasNext() {
    while (next == null && samples.hasNext()) {
      RawSample sample = samples.next();
      if (!except.contains(sample.member())) {
        next = sample;
      }
    }
    return next != null;
  }

  @Override
  public RawSample next() {
    if (!hasNext()) {
      throw new NoSuchElementException("Cannot take another sample: all are read");
    }
    RawSample sample = next;
    next = null;
    return sample;
  }

  @Override
  public void close() {
    close.run();
  }
}
