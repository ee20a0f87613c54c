package org.tessera.udf.audio.signal;

import java.util.Arrays;
import org.tessera.udf.sample.SampleException;

/** A signal in memory that gives its frames in pieces of at most {@code piece}. */
public final class ArraySignal implements Signal {
  private final int rate;
  private final int piece;
  private final float[][] samples;
  private int at;

  public ArraySignal(int rate, int piece, float[]... samples) {
    this.rate = rate;
    this.piece = piece;
    this.samples = samples;
  }

  /** Everything a signal gives, asked for in pieces, on one array a channel. */
  public static float[][] drain(Signal signal, int piece) throws SampleException {
    float[][] all = new float[signal.channels()][1024];
    int length = 0;
    while (true) {
      if (all[0].length < length + piece) {
        for (int c = 0; c < all.length; c++) {
          all[c] = Arrays.copyOf(all[c], 2 * length + piece);
        }
      }
      int count = signal.read(all, length, piece);
      if (count < 0) {
        break;
      }
      length += count;
    }
    for (int c = 0; c < all.length; c++) {
      all[c] = Arrays.copyOf(all[c], length);
    }
    return all;
  }

  @Override
  public int rate() {
    return rate;
  }

  @Override
  public int channels() {
    return samples.length;
  }

  @Override
  public int read(float[][] target, int offset, int count) {
    int length = Math.min(Math.min(piece, count), samples[0].length - at);
    if (length == 0) {
      return -1;
    }
    for (int c = 0; c < samples.length; c++) {
      System.arraycopy(samples[c], at, target[c], offset, length);
    }
    at += length;
    return length;
  }
}
