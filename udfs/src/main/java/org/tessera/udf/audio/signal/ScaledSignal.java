package org.tessera.udf.audio.signal;

import org.tessera.udf.sample.SampleException;

/** A signal multiplied by a number. */
public final class ScaledSignal implements Signal {
  private final Signal source;
  private final float factor;

  /**
   * @param source the signal, closed with this one
   */
  public ScaledSignal(Signal source, float factor) {
    this.source = source;
    this.factor = factor;
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
    int length = source.read(target, offset, count);
    for (int channel = 0; channel < channels(); channel++) {
      for (int i = offset; i < offset + length; i++) {
        target[channel][i] *= factor;
      }
    }
    return length;
  }

  @Override
  public void close() {
    source.close();
  }
}
