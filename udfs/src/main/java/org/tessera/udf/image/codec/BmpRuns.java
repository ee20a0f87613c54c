package org.tessera.udf.image.codec;

import org.tessera.udf.sample.SampleException;

/** Run-length coded BMP pixels, read as Pillow's decoder does. Not thread-safe. */
final class BmpRuns {
  private final byte[] b;
  private final int width;
  private final byte[] indices;
  private int at;
  private int done;
  private int x;

  BmpRuns(byte[] b, int at, int width, int height) {
    this.b = b;
    this.at = at;
    this.width = width;
    this.indices = new byte[width * height];
  }

  /**
   * The palette indices in the file's row order.
   *
   * @param nibbles two pixels a byte (RLE4) instead of one (RLE8)
   */
  byte[] read(boolean nibbles) throws SampleException {
    while (done < indices.length && at + 2 <= b.length) {
      int count = Bytes.u8(b, at);
      int value = Bytes.u8(b, at + 1);
      at += 2;
      if (count > 0) {
        run(Math.max(0, Math.min(count, width - x)), value, nibbles);
      } else if (value == 0) {
        done += (width - done % width) % width;
        x = 0;
      } else if (value == 1) {
        break;
      } else if (value == 2) {
        delta();
      } else {
        literal(value, nibbles);
      }
    }
    if (done < indices.length) {
      throw Faults.truncated(
          ImageFormat.BMP,
          "the run-length data, " + (indices.length - done) + " pixels early,",
          at);
    }
    return indices;
  }

  private void run(int count, int value, boolean nibbles) {
    for (int i = 0; i < count && done < indices.length; i++) {
      int pixel = !nibbles ? value : i % 2 == 0 ? value >> 4 : value & 15;
      indices[done++] = (byte) pixel;
    }
    x += count;
  }

  private void delta() {
    if (at + 2 > b.length) {
      at = b.length;
      return;
    }
    int skip = Bytes.u8(b, at) + Bytes.u8(b, at + 1) * width;
    at += 2;
    done += Math.min(indices.length - done, skip);
    x = done % width;
  }

  private void literal(int value, boolean nibbles) {
    int count = Math.min(indices.length - done, value);
    for (int i = 0; i < count; i++) {
      int from = at + (nibbles ? i / 2 : i);
      if (from >= b.length) {
        at = b.length;
        return;
      }
      int pixel = Bytes.u8(b, from);
      indices[done++] = (byte) (!nibbles ? pixel : i % 2 == 0 ? pixel >> 4 : pixel & 15);
    }
    at += nibbles ? (count + 1) / 2 : count;
    at += at & 1;
    x += value;
  }
}
