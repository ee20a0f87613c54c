package org.tessera.pipeline.read;

import java.util.Iterator;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.udf.sample.RawSample;

/** From planned inputs to the samples in them, in order. */
public final class SampleReader {
  private final ObjectReader reader;

  public SampleReader(ObjectReader reader) {
    this.reader = reader;
  }

  /** The samples of some inputs; nothing is read before a sample is fetched. */
  public Iterator<RawSample> samples(Iterator<PlannedInput> inputs) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return inputs.hasNext();
      }

      @Override
      public RawSample next() {
        return new LooseSample(inputs.next(), reader);
      }
    };
  }
}
