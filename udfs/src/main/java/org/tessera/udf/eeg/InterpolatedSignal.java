package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.sample.SampleException;

/** Some channels made from all others, with one weight for each. */
final class InterpolatedSignal extends DerivedSignal {
  private final boolean[] bad;
  private final double[][] weights;

  /**
   * A signal with the same channels.
   *
   * @param bad which channels are made anew
   * @param weights one row for each of these, one number for each other channel, in order
   * @param channels what the channels are now
   */
  InterpolatedSignal(Signal source, boolean[] bad, double[][] weights, List<Channel> channels) {
    super(source, channels);
    this.bad = bad.clone();
    this.weights = weights;
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    double[][] values = readSource(start, count);
    int next = 0;
    for (int row = 0; row < bad.length; row++) {
      if (!bad[row]) {
        System.arraycopy(values[row], 0, target[row], offset, count);
        continue;
      }
      java.util.Arrays.fill(target[row], offset, offset + count, 0);
      double[] own = weights[next++];
      for (int other = 0, good = 0; other < bad.length; other++) {
        if (!bad[other]) {
          double weight = own[good++];
          for (int i = 0; i < count; i++) {
            target[row][offset + i] += weight * values[other][i];
          }
        }
      }
    }
  }
}
