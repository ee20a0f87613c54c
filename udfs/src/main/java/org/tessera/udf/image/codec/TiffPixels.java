package org.tessera.udf.image.codec;

import org.tessera.udf.sample.SampleException;

/** Puts TIFF samples into an RGB or RGBA image. Not thread-safe. */
final class TiffPixels {
  private static final int PALETTE = 3;
  private static final int CMYK = 5;

  /** The kind of extra sample that is alpha with the colours multiplied by it. */
  private static final int MULTIPLIED = 1;

  private static final int UNKNOWN_BUT_ALPHA = 999;

  private final TiffLayout layout;
  private final Raster raster;
  private final byte[] palette;
  private final int colours;

  /** All samples of all pixels, one byte each, where they come in planes; else null. */
  private final byte[] planes;

  TiffPixels(TiffLayout layout, long[] colourMap) throws SampleException {
    this.layout = layout;
    this.colours = layout.samples() - layout.extra().length;
    this.raster =
        Raster.blank(layout.width(), layout.height(), hasAlpha() ? Raster.RGBA : Raster.RGB);
    this.palette = layout.photometric() == PALETTE ? palette(colourMap) : null;
    this.planes =
        layout.planar() ? new byte[layout.width() * layout.height() * layout.samples()] : null;
  }

  private boolean hasAlpha() {
    if (layout.photometric() == 2 && colours == 4) {
      return true; // the tag that names the fourth sample is missing
    }
    if (layout.photometric() == CMYK || layout.extra().length == 0) {
      return false;
    }
    int first = layout.extra()[0];
    return first == MULTIPLIED || first == 2 || first == UNKNOWN_BUT_ALPHA;
  }

  private static byte[] palette(long[] map) throws SampleException {
    if (map == null || map.length == 0 || map.length % 3 != 0) {
      throw Faults.malformed(ImageFormat.TIFF, "a palette image without a colour map", -1);
    }
    int count = map.length / 3;
    byte[] palette = new byte[3 * 256];
    for (int i = 0; i < Math.min(256, count); i++) {
      for (int c = 0; c < 3; c++) {
        palette[3 * i + c] = (byte) (map[c * count + i] >> 8);
      }
    }
    return palette;
  }

  /** The image, once every chunk was put. */
  Raster raster() {
    return raster;
  }

  /**
   * Puts one chunk.
   *
   * @param plane the sample it holds, for planar images
   * @param left the column of its first pixel
   * @param top its first row
   */
  void put(byte[] samples, int plane, int left, int top) {
    int wide = Math.min(layout.chunkWidth(), layout.width() - left);
    int high = Math.min(layout.chunkHeight(), layout.height() - top);
    int n = layout.interleaved();
    int[] pixel = new int[layout.samples()];
    for (int y = 0; y < high; y++) {
      int row = y * layout.rowBytes();
      for (int x = 0; x < wide; x++) {
        int index = (top + y) * layout.width() + left + x;
        for (int s = 0; s < n; s++) {
          int value = sample(samples, row, x * n + s);
          if (planes == null) {
            pixel[s] = value;
          } else {
            planes[index * layout.samples() + plane] = (byte) value;
          }
        }
        if (planes == null) {
          colour(pixel, index);
        }
      }
    }
    if (planes != null && plane == layout.samples() - 1) {
      merge(left, top, wide, high, pixel);
    }
  }

  private void merge(int left, int top, int wide, int high, int[] pixel) {
    for (int y = top; y < top + high; y++) {
      for (int x = left; x < left + wide; x++) {
        int index = y * layout.width() + x;
        for (int s = 0; s < pixel.length; s++) {
          pixel[s] = planes[index * pixel.length + s] & 0xff;
        }
        colour(pixel, index);
      }
    }
  }

  /** A sample as 8 bits. */
  private int sample(byte[] samples, int row, int index) {
    boolean gray = layout.photometric() <= 1;
    switch (layout.bits()) {
      case 8:
        return samples[row + index] & 0xff;
      case 12:
        return Math.min(255, twelve(samples, row, index));
      case 16:
        int at = row + 2 * index;
        if (!gray) {
          return samples[at + 1] & 0xff;
        }
        int value = Bytes.u16le(samples, at);
        return clip(layout.sampleFormat() == 2 ? (short) value : value);
      case 32:
        return wide(Bytes.i32le(samples, row + 4 * index));
      default:
        int bits = layout.bits();
        int bit = index * bits;
        int packed =
            (samples[row + (bit >> 3)] & 0xff) >> (8 - bits - (bit & 7)) & ((1 << bits) - 1);
        // 1, 3 and 15 become 255, except where they are palette indices.
        return gray ? packed * (255 / ((1 << bits) - 1)) : packed;
    }
  }

  private static int twelve(byte[] samples, int row, int index) {
    int at = row + index / 2 * 3;
    return index % 2 == 0
        ? (samples[at] & 0xff) << 4 | (samples[at + 1] & 0xff) >> 4
        : (samples[at + 1] & 0x0f) << 8 | samples[at + 2] & 0xff;
  }

  private int wide(int value) {
    if (layout.sampleFormat() == 3) {
      float real = Float.intBitsToFloat(value);
      return real > 0 ? (int) Math.min(255, real) : 0;
    }
    return clip(value);
  }

  private static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private void colour(int[] pixel, int index) {
    byte[] out = raster.data();
    int to = index * raster.channels();
    switch (layout.photometric()) {
      case 0, 1 -> gray(pixel, out, to);
      case PALETTE -> System.arraycopy(palette, 3 * pixel[0], out, to, 3);
      case CMYK -> {
        int left = 255 - pixel[3];
        for (int c = 0; c < 3; c++) {
          out[to + c] = (byte) clip(left - CmykJpeg.multiply(pixel[c], left));
        }
      }
      default -> {
        out[to] = (byte) pixel[0];
        out[to + 1] = (byte) pixel[1];
        out[to + 2] = (byte) pixel[2];
      }
    }
    if (raster.channels() == Raster.RGBA) {
      alpha(out, to, pixel[layout.photometric() == 2 ? 3 : 1]);
    }
  }

  private void gray(int[] pixel, byte[] out, int to) {
    // White is zero; Pillow forgets that for more than 8 bits.
    boolean inverted = layout.photometric() == 0 && layout.bits() <= 8;
    byte value = (byte) (inverted ? 255 - pixel[0] : pixel[0]);
    out[to] = value;
    out[to + 1] = value;
    out[to + 2] = value;
  }

  private void alpha(byte[] out, int to, int alpha) {
    out[to + 3] = (byte) alpha;
    if (layout.extra().length == 0 || layout.extra()[0] != MULTIPLIED || alpha == 255) {
      return;
    }
    for (int c = 0; c < 3; c++) {
      out[to + c] = (byte) (alpha == 0 ? 0 : clip((out[to + c] & 0xff) * 255 / alpha));
    }
  }
}
