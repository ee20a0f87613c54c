package org.tessera.udf.audio;

import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.SampleException;

/** Measures of a signal's level, over all channels. Not thread-safe. */
final class Loudness {
  private double peak;
  private double squares;
  private double sum;
  private long count;

  /** Reads a signal to its end; the caller closes it. */
  static Loudness of(Signal signal) throws SampleException {
    Loudness loudness = new Loudness();
    float[][] block = new float[signal.channels()][8192];
    while (true) {
      int length = signal.read(block, 0, block[0].length);
      if (length < 0) {
        return loudness;
      }
      loudness.add(block, length);
    }
  }

  /** The level of whole arrays. */
  static Loudness of(float[][] channels) {
    Loudness loudness = new Loudness();
    loudness.add(channels, channels[0].length);
    return loudness;
  }

  private void add(float[][] channels, int length) {
    for (float[] channel : channels) {
      for (int i = 0; i < length; i++) {
        double value = channel[i];
        peak = Math.max(peak, Math.abs(value));
        squares += value * value;
        sum += value;
      }
      count += length;
    }
  }

  /** The largest absolute value. */
  double peak() {
    return peak;
  }

  /** The root of the mean square. */
  double rms() {
    return count == 0 ? 0 : Math.sqrt(squares / count);
  }

  double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** The variance, by the number of values. */
  double variance() {
    return count == 0 ? 0 : Math.max(0, squares / count - mean() * mean());
  }
}
