package org.tessera.udf.audio.signal;

import org.tessera.udf.sample.SampleException;

/** The mean of all channels: their float sum in order, divided by their number. */
public final class MonoSignal implements Signal {
  private final Signal source;
  private float[][] block;

  /**
   * @param source the signal, closed with this one
   */
  public MonoSignal(Signal source) {
    this.source = source;
    this.block = new float[source.channels()][4096];
  }

  @Override
  public int rate() {
    return source.rate();
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public int read(float[][] target, int offset, int count) throws SampleException {
    int length = source.read(block, 0, Math.min(count, block[0].length));
    if (length > 0) {
      mix(block, length, target[0], offset);
    }
    return length;
  }

  /** Writes the mean of the channels' first {@code length} samples. */
  public static void mix(float[][] channels, int length, float[] target, int offset) {
    System.arraycopy(channels[0], 0, target, offset, length);
    for (int channel = 1; channel < channels.length; channel++) {
      float[] values = channels[channel];
      for (int i = 0; i < length; i++) {
        target[offset + i] += values[i];
      }
    }
    for (int i = 0; i < length && channels.length > 1; i++) {
      target[offset + i] /= channels.length;
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
