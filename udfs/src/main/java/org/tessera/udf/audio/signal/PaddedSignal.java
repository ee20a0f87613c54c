package org.tessera.udf.audio.signal;

import java.util.Arrays;
import org.tessera.udf.sample.SampleException;

/** A signal with zeros before and after it. */
public final class PaddedSignal implements Signal {
  private final Signal source;
  private long before;
  private long after;
  private boolean ended;

  /**
   * @param source the signal, closed with this one
   * @param before zero frames before the first
   * @param after zero frames after the last
   */
  public PaddedSignal(Signal source, long before, long after) {
    this.source = source;
    this.before = before;
    this.after = after;
  }

  @Override
  public int rate() {
    return source.rate();
  }

  @Override
  public int channels() {
    return source.channels();
  }

  @Override
  public int read(float[][] target, int offset, int count) throws SampleException {
    if (before > 0) {
      int length = zeros(target, offset, (int) Math.min(count, before));
      before -= length;
      return length;
    }
    if (!ended) {
      int length = source.read(target, offset, count);
      if (length >= 0) {
        return length;
      }
      ended = true;
    }
    if (after == 0) {
      return -1;
    }
    int length = zeros(target, offset, (int) Math.min(count, after));
    after -= length;
    return length;
  }

  private int zeros(float[][] target, int offset, int length) {
    for (int channel = 0; channel < channels(); channel++) {
      Arrays.fill(target[channel], offset, offset + length, 0);
    }
    return length;
  }

  @Override
  public void close() {
    source.close();
  }
}
