package org.tessera.udf.audio.signal;

import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Some channels of a signal, in a given order. */
public final class SelectedSignal implements Signal {
  private final Signal source;
  private final int[] selected;
  private final float[][] block;

  /**
   * @param source the signal, closed with this one
   * @param selected channel numbers from 0
   * @throws SampleException when the signal has fewer channels
   */
  public SelectedSignal(Signal source, int... selected) throws SampleException {
    this.source = source;
    this.selected = selected.clone();
    this.block = new float[source.channels()][4096];
    for (int channel : selected) {
      if (channel >= source.channels()) {
        throw SampleException.of(
            Phase.FRONTEND,
            RejectCode.UNSUPPORTED_FORMAT,
            "Cannot take channel "
                + channel
                + ": the file has "
                + source.channels()
                + " (channels count from 0)");
      }
    }
  }

  @Override
  public int rate() {
    return source.rate();
  }

  @Override
  public int channels() {
    return selected.length;
  }

  @Override
  public int read(float[][] target, int offset, int count) throws SampleException {
    int length = source.read(block, 0, Math.min(count, block[0].length));
    for (int i = 0; i < selected.length && length > 0; i++) {
      System.arraycopy(block[selected[i]], 0, target[i], offset, length);
    }
    return length;
  }

  @Override
  public void close() {
    source.close();
  }
}
