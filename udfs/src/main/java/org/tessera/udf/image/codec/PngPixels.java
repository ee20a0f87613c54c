package org.tessera.udf.image.codec;

import java.util.Arrays;

/** Puts unfiltered PNG rows into an RGB or RGBA image. Not thread-safe. */
final class PngPixels {
  private final PngHeader header;
  private final Raster raster;
  private final int channels;
  private final byte[] palette;

  PngPixels(PngHeader header) {
    this.header = header;
    boolean alpha = header.colour() == 4 || header.colour() == 6 || header.transparency() != null;
    this.channels = alpha ? Raster.RGBA : Raster.RGB;
    this.raster = Raster.blank((int) header.width(), (int) header.height(), channels);
    this.palette = header.colour() == 3 ? rgbaPalette(header) : null;
    fillUnset();
  }

  /** The image: what no row was put into is black, transparent where the file has alpha. */
  Raster raster() {
    return raster;
  }

  /**
   * Puts a row, whose bytes begin at 1.
   *
   * @param x the column of the first pixel
   * @param step columns from one pixel to the next
   */
  void row(byte[] row, int x, int step, int y, int count) {
    int at = (y * raster.width() + x) * channels;
    int stride = step * channels;
    switch (header.colour()) {
      case 2 -> rgb(row, at, stride, count);
      case 3 -> indexed(row, at, stride, count);
      case 4 -> grayAlpha(row, at, stride, count);
      case 6 -> rgba(row, at, stride, count);
      default -> gray(row, at, stride, count);
    }
  }

  private void gray(byte[] row, int at, int stride, int count) {
    byte[] out = raster.data();
    int bits = header.bits();
    int transparent = transparentGray();
    int to = at;
    for (int i = 0; i < count; i++) {
      int sample;
      if (bits == 16) {
        sample = row[1 + 2 * i] != 0 ? 255 : row[2 + 2 * i] & 0xff;
      } else {
        // 1, 3, 15 and 255 become 255.
        sample = sample(row, i, bits) * (255 / ((1 << bits) - 1));
      }
      byte value = (byte) sample;
      out[to] = value;
      out[to + 1] = value;
      out[to + 2] = value;
      if (channels == Raster.RGBA) {
        out[to + 3] = (byte) (sample == transparent ? 0 : 255);
      }
      to += stride;
    }
  }

  private void indexed(byte[] row, int at, int stride, int count) {
    byte[] out = raster.data();
    int bits = header.bits();
    int to = at;
    for (int i = 0; i < count; i++) {
      int colour = 4 * (bits == 8 ? row[1 + i] & 0xff : sample(row, i, bits));
      for (int c = 0; c < channels; c++) {
        out[to + c] = palette[colour + c];
      }
      to += stride;
    }
  }

  private void rgb(byte[] row, int at, int stride, int count) {
    byte[] out = raster.data();
    int wide = header.bits() / 8;
    if (wide == 1 && channels == Raster.RGB && stride == channels) {
      System.arraycopy(row, 1, out, at, 3 * count);
      return;
    }
    int[] transparent = transparentRgb();
    int from = 1;
    int to = at;
    for (int i = 0; i < count; i++) {
      out[to] = row[from];
      out[to + 1] = row[from + wide];
      out[to + 2] = row[from + 2 * wide];
      if (channels == Raster.RGBA) {
        boolean hidden =
            (out[to] & 0xff) == transparent[0]
                && (out[to + 1] & 0xff) == transparent[1]
                && (out[to + 2] & 0xff) == transparent[2];
        out[to + 3] = (byte) (hidden ? 0 : 255);
      }
      from += 3 * wide;
      to += stride;
    }
  }

  private void grayAlpha(byte[] row, int at, int stride, int count) {
    byte[] out = raster.data();
    int wide = header.bits() / 8;
    int from = 1;
    int to = at;
    for (int i = 0; i < count; i++) {
      out[to] = row[from];
      out[to + 1] = row[from];
      out[to + 2] = row[from];
      out[to + 3] = row[from + wide];
      from += 2 * wide;
      to += stride;
    }
  }

  private void rgba(byte[] row, int at, int stride, int count) {
    byte[] out = raster.data();
    int wide = header.bits() / 8;
    if (wide == 1 && stride == channels) {
      System.arraycopy(row, 1, out, at, 4 * count);
      return;
    }
    int from = 1;
    int to = at;
    for (int i = 0; i < count; i++) {
      for (int c = 0; c < 4; c++) {
        out[to + c] = row[from + c * wide];
      }
      from += 4 * wide;
      to += stride;
    }
  }

  /** A sample of 1, 2, 4 or 8 bits. */
  private static int sample(byte[] row, int index, int bits) {
    int bit = index * bits;
    return (row[1 + (bit >> 3)] & 0xff) >> (8 - bits - (bit & 7)) & ((1 << bits) - 1);
  }

  /** Pillow compares the low byte of the transparent colour with the 8-bit pixel. */
  private int transparentGray() {
    if (channels == Raster.RGB) {
      return -1;
    }
    int value = Bytes.u16be(header.transparency(), 0);
    return header.bits() == 1 ? (value != 0 ? 255 : 0) : value & 0xff;
  }

  private int[] transparentRgb() {
    if (channels == Raster.RGB) {
      return new int[3];
    }
    byte[] chunk = header.transparency();
    return new int[] {chunk[1] & 0xff, chunk[3] & 0xff, chunk[5] & 0xff};
  }

  private static byte[] rgbaPalette(PngHeader header) {
    byte[] palette = new byte[4 * 256];
    byte[] colours = header.palette();
    byte[] alphas = header.transparency() == null ? new byte[0] : header.transparency();
    for (int i = 0; i < 256; i++) {
      palette[4 * i + 3] = i < alphas.length ? alphas[i] : (byte) 255;
      for (int c = 0; c < 3 && 3 * i + c < colours.length; c++) {
        palette[4 * i + c] = colours[3 * i + c];
      }
    }
    return palette;
  }

  /** Rows that the stream lacks have sample value 0 and get that value's colour. */
  private void fillUnset() {
    byte[] out = raster.data();
    if (palette != null) {
      for (int i = 0; i < out.length; i += channels) {
        System.arraycopy(palette, 0, out, i, channels);
      }
    } else if (header.transparency() != null) {
      boolean hidden =
          header.colour() == 0
              ? transparentGray() == 0
              : Arrays.equals(transparentRgb(), new int[3]);
      for (int i = 3; i < out.length && !hidden; i += 4) {
        out[i] = (byte) 255;
      }
    }
  }
}
