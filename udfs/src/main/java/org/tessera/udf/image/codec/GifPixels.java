package org.tessera.udf.image.codec;

import org.tessera.udf.sample.SampleException;

/** The LZW-compressed pixels of one GIF frame. Not thread-safe. */
final class GifPixels {
  private static final int MAX_BITS = 12;
  private static final int TABLE = 1 << MAX_BITS;

  private final byte[] b;
  private final byte[] indices;
  private final int stride;
  private final byte[] value = new byte[TABLE];
  private final short[] link = new short[TABLE];
  private final byte[] text = new byte[TABLE];
  private int at;
  private int blockLeft;
  private int bits;
  private int bitCount;

  /**
   * Pixels to be read.
   *
   * @param at the byte position of the minimum code size
   * @param indices the canvas of colour numbers that they go to
   * @param stride the canvas's width
   */
  GifPixels(byte[] b, int at, byte[] indices, int stride) {
    this.b = b;
    this.at = at;
    this.indices = indices;
    this.stride = stride;
  }

  void read(int left, int top, int width, int height, boolean interlaced) throws SampleException {
    int minimum = Bytes.u8(b, at++);
    if (minimum > MAX_BITS) {
      throw Faults.malformed(ImageFormat.GIF, "a code size of " + minimum + " bits", at - 1L);
    }
    Cursor cursor = new Cursor(left, top, width, height, interlaced);
    int clear = 1 << minimum;
    int next = clear + 2;
    int size = minimum + 1;
    int previous = -1;
    int first = 0;
    while (!cursor.done()) {
      int code = code(size);
      if (code == clear) {
        next = clear + 2;
        size = minimum + 1;
        previous = -1;
        continue;
      }
      if (code == clear + 1) {
        throw Faults.truncated(ImageFormat.GIF, "the compressed pixels", at);
      }
      if (previous < 0) {
        if (code > clear) {
          throw broken();
        }
        first = code;
        cursor.put((byte) code);
        previous = code;
        continue;
      }
      if (code > next) {
        throw broken();
      }
      int position = TABLE;
      int walk = code;
      if (code == next) {
        text[--position] = (byte) first;
        walk = previous;
      }
      while (walk >= clear) {
        if (position <= 0 || walk >= TABLE) {
          throw broken();
        }
        text[--position] = value[walk];
        walk = link[walk];
      }
      first = walk;
      if (next < TABLE) {
        value[next] = (byte) walk;
        link[next] = (short) previous;
        if (next == (1 << size) - 1 && size < MAX_BITS) {
          size++;
        }
        next++;
      }
      previous = code;
      cursor.put((byte) walk);
      for (int i = position; i < TABLE && !cursor.done(); i++) {
        cursor.put(text[i]);
      }
    }
  }

  private int code(int size) throws SampleException {
    while (bitCount < size) {
      if (blockLeft == 0) {
        if (at >= b.length || at + 1 + Bytes.u8(b, at) > b.length) {
          throw Faults.truncated(ImageFormat.GIF, "the compressed pixels", b.length);
        }
        blockLeft = Bytes.u8(b, at++);
        continue;
      }
      bits |= Bytes.u8(b, at++) << bitCount;
      bitCount += 8;
      blockLeft--;
    }
    int code = bits & ((1 << size) - 1);
    bits >>>= size;
    bitCount -= size;
    return code;
  }

  private SampleException broken() {
    return Faults.malformed(ImageFormat.GIF, "a compressed code that was not defined", at);
  }

  /** Where the next pixel goes. */
  private final class Cursor {
    private static final int[] STARTS = {0, 4, 2, 1};
    private static final int[] STEPS = {8, 8, 4, 2};

    private final int left;
    private final int top;
    private final int width;
    private final int height;
    private final boolean interlaced;
    private int pass;
    private int x;
    private int y;

    Cursor(int left, int top, int width, int height, boolean interlaced) {
      this.left = left;
      this.top = top;
      this.width = width;
      this.height = height;
      this.interlaced = interlaced;
    }

    boolean done() {
      return y >= height;
    }

    void put(byte index) {
      indices[(top + y) * stride + left + x] = index;
      if (++x == width) {
        x = 0;
        y += interlaced ? STEPS[pass] : 1;
        while (interlaced && y >= height && pass < 3) {
          y = STARTS[++pass];
        }
      }
    }
  }
}
