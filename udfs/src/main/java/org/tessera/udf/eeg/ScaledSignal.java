package org.tessera.udf.eeg;

import org.tessera.udf.sample.SampleException;

/** Every value times a factor. */
final class ScaledSignal extends DerivedSignal {
  private final double factor;

  ScaledSignal(Signal source, double factor) {
    super(source, source.channels());
    this.factor = factor;
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    source().read(start, count, target, offset);
    for (int row = 0; row < channels().size(); row++) {
      for (int i = offset; i < offset + count; i++) {
        target[row][i] *= factor;
      }
    }
  }
}
