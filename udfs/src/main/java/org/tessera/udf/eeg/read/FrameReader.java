package org.tessera.udf.eeg.read;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.SampleException;

/**
 * Samples of several channels in a file, multiplexed (all channels of a sample together) or
 * vectorized (all samples of a channel together). A value is the stored number times the factor of
 * its channel. Not thread-safe.
 */
final class FrameReader {
  private static final int BUFFER = 1 << 20;

  /** How a number is stored. */
  enum Type {
    SHORT(2),
    INT(4),
    FLOAT(4),
    DOUBLE(8);

    final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }
  }

  private final ByteSource source;
  private final Type type;
  private final ByteOrder order;
  private final double[] factors;
  private final boolean vectorized;
  private final long frames;
  private byte[] buffer = new byte[0];
  private ByteBuffer view = ByteBuffer.wrap(buffer);

  /**
   * Prepares reading.
   *
   * @param factors what the numbers of each channel are multiplied with
   * @param frames how many samples a channel has
   */
  FrameReader(
      ByteSource source,
      Type type,
      ByteOrder order,
      double[] factors,
      boolean vectorized,
      long frames) {
    this.source = source;
    this.type = type;
    this.factors = factors;
    this.vectorized = vectorized;
    this.frames = frames;
    this.order = order;
  }

  /**
   * Reads a stretch; every row gets {@code count} values from {@code at} on.
   *
   * @param base where the first number of frame 0 stands in the file
   */
  void read(long base, long start, int count, int[] channels, double[][] target, int at)
      throws SampleException {
    int channelCount = factors.length;
    int perRead = Math.max(1, BUFFER / (type.bytes * (vectorized ? 1 : channelCount)));
    for (int done = 0; done < count; ) {
      int part = Math.min(perRead, count - done);
      if (vectorized) {
        for (int i = 0; i < channels.length; i++) {
          fill(base + (channels[i] * frames + start + done) * type.bytes, part * type.bytes);
          decode(0, type.bytes, part, factors[channels[i]], target[i], at + done);
        }
      } else {
        int frameBytes = channelCount * type.bytes;
        fill(base + (start + done) * frameBytes, part * frameBytes);
        for (int i = 0; i < channels.length; i++) {
          int first = channels[i] * type.bytes;
          decode(first, frameBytes, part, factors[channels[i]], target[i], at + done);
        }
      }
      done += part;
    }
  }

  private void fill(long at, int length) throws SampleException {
    if (buffer.length < length) {
      buffer = new byte[length];
      view = ByteBuffer.wrap(buffer).order(order);
    }
    Faults.readFully(source, at, buffer, length, "samples");
  }

  private void decode(int first, int step, int count, double factor, double[] target, int at) {
    ByteBuffer bytes = view;
    switch (type) {
      case SHORT -> {
        for (int i = 0, p = first; i < count; i++, p += step) {
          target[at + i] = bytes.getShort(p) * factor;
        }
      }
      case INT -> {
        for (int i = 0, p = first; i < count; i++, p += step) {
          target[at + i] = bytes.getInt(p) * factor;
        }
      }
      case FLOAT -> {
        for (int i = 0, p = first; i < count; i++, p += step) {
          target[at + i] = bytes.getFloat(p) * factor;
        }
      }
      case DOUBLE -> {
        for (int i = 0, p = first; i < count; i++, p += step) {
          target[at + i] = bytes.getDouble(p) * factor;
        }
      }
    }
  }
}
