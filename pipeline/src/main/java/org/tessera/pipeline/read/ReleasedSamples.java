package org.tessera.pipeline.read;

import org.tessera.udf.container.Containers;
import org.tessera.udf.sample.RawSample;

/** Samples that let go of something when they are closed. */
final class ReleasedSamples implements Containers.Samples {
  private final Containers.Samples samples;
  private final Runnable release;

  ReleasedSamples(Containers.Samples samples, Runnable release) {
    this.samples = samples;
    this.release = release;
  }

  @Override
  public boolean hasNext() {
    return samples.hasNext();
  }

  @Override
  public RawSample next() {
    return samples.next();
  }

  @Override
  public void close() {
    samples.close();
    release.run();
  }
}
