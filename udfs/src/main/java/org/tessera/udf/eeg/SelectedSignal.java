package org.tessera.udf.eeg;

import java.util.Arrays;
import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.sample.SampleException;

/** Some channels of a signal. */
final class SelectedSignal extends DerivedSignal {
  private final int[] rows;

  SelectedSignal(Signal source, int[] rows, List<Channel> channels) {
    super(source, channels);
    this.rows = rows.clone();
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    double[][] values = readSource(start, count);
    for (int row = 0; row < rows.length; row++) {
      if (rows[row] < 0) {
        Arrays.fill(target[row], offset, offset + count, 0);
      } else {
        System.arraycopy(values[rows[row]], 0, target[row], offset, count);
      }
    }
  }

  @Override
  public Signal select(int[] wanted, List<Channel> described) {
    int[] composed = new int[wanted.length];
    for (int i = 0; i < wanted.length; i++) {
      composed[i] = wanted[i] < 0 ? -1 : rows[wanted[i]];
    }
    return source().select(composed, described);
  }
}
