package org.tessera.udf.image.codec;

import java.util.Arrays;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/** The first frame of a GIF file on its canvas, as Pillow shows it. */
final class GifDecoder {
  private static final int SCREEN_END = 13;

  private final byte[] b;
  private final Limits limits;
  private int width;
  private int height;
  private byte[] globalPalette;
  private int transparent = -1;

  private GifDecoder(byte[] b, Limits limits) {
    this.b = b;
    this.limits = limits;
  }

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    return new GifDecoder(file, limits).run();
  }

  private Raster run() throws SampleException {
    need(0, SCREEN_END, "the screen header");
    width = Bytes.u16le(b, 6);
    height = Bytes.u16le(b, 8);
    int flags = Bytes.u8(b, 10);
    int at = SCREEN_END;
    if ((flags & 0x80) != 0) {
      int length = 3 << ((flags & 7) + 1);
      need(at, length, "the colour table");
      globalPalette = palette(at, length);
      at += length;
    }
    while (true) {
      need(at, 1, "the file, before its first frame,");
      int block = Bytes.u8(b, at);
      if (block == ',') {
        return frame(at + 1);
      }
      if (block == ';') {
        throw Faults.malformed(ImageFormat.GIF, "no frame before the end", at);
      }
      at = block == '!' ? extension(at + 1) : at + 1;
    }
  }

  private int extension(int at) throws SampleException {
    need(at, 2, "an extension");
    int length = Bytes.u8(b, at + 1);
    if (Bytes.u8(b, at) == 0xF9 && length >= 4) {
      need(at + 2, length, "the control extension");
      if ((b[at + 2] & 1) != 0) {
        transparent = Bytes.u8(b, at + 5);
      }
    }
    int next = at + 1;
    while (true) {
      need(next, 1, "an extension");
      int size = Bytes.u8(b, next);
      next += 1 + size;
      if (size == 0) {
        return next;
      }
    }
  }

  private Raster frame(int at) throws SampleException {
    need(at, 10, "the frame header");
    int left = Bytes.u16le(b, at);
    int top = Bytes.u16le(b, at + 2);
    int frameWidth = Bytes.u16le(b, at + 4);
    int frameHeight = Bytes.u16le(b, at + 6);
    int flags = Bytes.u8(b, at + 8);
    int data = at + 9;
    byte[] palette = globalPalette;
    if ((flags & 0x80) != 0) {
      int length = 3 << ((flags & 7) + 1);
      need(data, length + 1, "the frame's colour table");
      palette = palette(data, length);
      data += length;
    }
    int screenWidth = Math.max(width, left + frameWidth);
    int screenHeight = Math.max(height, top + frameHeight);
    if (width == 0 || height == 0 || frameWidth == 0 || frameHeight == 0) {
      throw Faults.malformed(
          ImageFormat.GIF,
          "a frame of " + frameWidth + "x" + frameHeight + " on " + width + "x" + height,
          at);
    }
    Guard.pixels(ImageFormat.GIF, screenWidth, screenHeight, limits);
    byte[] indices = new byte[screenWidth * screenHeight];
    if (transparent >= 0) {
      Arrays.fill(indices, (byte) transparent);
    }
    new GifPixels(b, data, indices, screenWidth)
        .read(left, top, frameWidth, frameHeight, (flags & 0x40) != 0);
    return colour(indices, palette, screenWidth, screenHeight);
  }

  private Raster colour(byte[] indices, byte[] palette, int screenWidth, int screenHeight) {
    Raster raster =
        Raster.blank(screenWidth, screenHeight, transparent >= 0 ? Raster.RGBA : Raster.RGB);
    byte[] out = raster.data();
    int to = 0;
    for (byte pixel : indices) {
      int index = pixel & 0xff;
      for (int c = 0; c < 3; c++) {
        int colour = 3 * index + c;
        out[to + c] = palette == null ? pixel : colour < palette.length ? palette[colour] : 0;
      }
      if (transparent >= 0) {
        out[to + 3] = (byte) (index == transparent ? 0 : 255);
      }
      to += raster.channels();
    }
    return raster;
  }

  /** A colour table, or null when it is the gray ramp, which Pillow reads as plain gray. */
  private byte[] palette(int at, int length) {
    for (int i = 0; i < length; i++) {
      if (Bytes.u8(b, at + i) != i / 3) {
        return Arrays.copyOfRange(b, at, at + length);
      }
    }
    return null;
  }

  private void need(int at, int length, String what) throws SampleException {
    if (at + length > b.length) {
      throw Faults.truncated(ImageFormat.GIF, what, b.length);
    }
  }
}
