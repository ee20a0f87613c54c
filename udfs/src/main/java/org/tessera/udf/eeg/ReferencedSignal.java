package org.tessera.udf.eeg;

import org.tessera.udf.sample.SampleException;

/** Every channel minus the mean of some. */
final class ReferencedSignal extends DerivedSignal {
  private final int[] reference;

  ReferencedSignal(Signal source, int[] reference) {
    super(source, source.channels());
    this.reference = reference.clone();
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    double[][] values = readSource(start, count);
    double[] mean = new double[count];
    for (int row : reference) {
      for (int i = 0; i < count; i++) {
        mean[i] += values[row][i];
      }
    }
    for (int i = 0; i < count; i++) {
      mean[i] /= reference.length;
    }
    for (int row = 0; row < channels().size(); row++) {
      for (int i = 0; i < count; i++) {
        target[row][offset + i] = values[row][i] - mean[i];
      }
    }
  }
}
