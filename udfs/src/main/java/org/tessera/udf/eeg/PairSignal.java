package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.sample.SampleException;

/** Differences of channels; where the second of a pair is negative, the first alone. */
final class PairSignal extends DerivedSignal {
  private final int[] first;
  private final int[] second;

  PairSignal(Signal source, int[] first, int[] second, List<Channel> channels) {
    super(source, channels);
    this.first = first.clone();
    this.second = second.clone();
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    double[][] values = readSource(start, count);
    for (int row = 0; row < first.length; row++) {
      double[] a = values[first[row]];
      if (second[row] < 0) {
        System.arraycopy(a, 0, target[row], offset, count);
        continue;
      }
      double[] b = values[second[row]];
      for (int i = 0; i < count; i++) {
        target[row][offset + i] = a[i] - b[i];
      }
    }
  }
}
