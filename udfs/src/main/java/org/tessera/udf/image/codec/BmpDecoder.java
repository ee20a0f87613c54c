package org.tessera.udf.image.codec;

import java.util.Arrays;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * Windows and OS/2 bitmaps of 1 to 32 bits, raw, run-length coded or with bit fields, as far as
 * Pillow reads them.
 */
final class BmpDecoder {
  private static final int FILE_HEADER = 14;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BITFIELDS = 3;

  private final byte[] b;
  private int width;
  private int height;
  private int bits;
  private boolean topDown;
  private byte[] palette = new byte[0];
  private int paletteEntry;

  private BmpDecoder(byte[] b) {
    this.b = b;
  }

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    return new BmpDecoder(file).run(limits);
  }

  private Raster run(Limits limits) throws SampleException {
    need(0, FILE_HEADER + 4, "the header");
    long headerSize = Bytes.u32le(b, FILE_HEADER);
    if (!isKnown(headerSize)) {
      throw Faults.malformed(ImageFormat.BMP, "a header of " + headerSize + " bytes", FILE_HEADER);
    }
    int header = FILE_HEADER + 4;
    need(header, (int) headerSize - 4, "the header");
    boolean old = headerSize == 12;
    long wide = old ? Bytes.u16le(b, header) : Bytes.u32le(b, header);
    long high = old ? Bytes.u16le(b, header + 2) : Bytes.u32le(b, header + 4);
    topDown = !old && b[header + 7] == (byte) 0xFF;
    high = topDown ? (1L << 32) - high : high;
    Guard.pixels(ImageFormat.BMP, wide, high, limits);
    width = (int) wide;
    height = (int) high;
    bits = Bytes.u16le(b, header + (old ? 6 : 10));
    long compression = old ? 0 : Bytes.u32le(b, header + 12);
    long colours = old ? 0 : Bytes.u32le(b, header + 28);
    if (width == 0 || height == 0) {
      throw Faults.malformed(ImageFormat.BMP, "a size of " + wide + "x" + high, header);
    }
    if (!Arrays.asList(1, 4, 8, 16, 24, 32).contains(bits)) {
      throw Faults.malformed(ImageFormat.BMP, bits + " bits a pixel", header + (old ? 6L : 10L));
    }
    paletteEntry = old ? 3 : 4;
    int at = header + (int) headerSize - 4;
    BmpMasks masks = null;
    if (compression == BITFIELDS) {
      int maskAt = headerSize == 40 ? at : header + 36;
      need(maskAt, 12, "the bit fields");
      masks = BmpMasks.read(b, maskAt, headerSize >= 56, bits);
      at = headerSize == 40 ? at + 12 : at;
    } else if (compression > RLE4) {
      throw Faults.unsupported(ImageFormat.BMP, "compression " + compression, header + 12L);
    }
    colours = colours == 0 ? 1L << bits : colours;
    int pixels = pixels(at, headerSize, colours);
    if (compression == RLE8 || compression == RLE4) {
      return indexed(new BmpRuns(b, pixels, width, height).read(compression == RLE4));
    }
    return raw(pixels, masks == null ? BmpMasks.plain(bits) : masks);
  }

  private static boolean isKnown(long size) {
    return size == 12
        || size == 40
        || size == 52
        || size == 56
        || size == 64
        || size == 108
        || size == 124;
  }

  /** Reads the palette and returns where the pixels begin. */
  private int pixels(int at, long headerSize, long colours) throws SampleException {
    long offset = Bytes.u32le(b, 10);
    if (bits > 8) {
      return checked(offset == 0 ? at : offset);
    }
    if (colours > 65536) {
      throw Faults.malformed(ImageFormat.BMP, "a palette of " + colours + " colours", at);
    }
    int end = (int) Math.min(b.length, at + paletteEntry * colours);
    palette = Arrays.copyOfRange(b, at, end);
    if (offset == FILE_HEADER + headerSize) {
      offset += paletteEntry * colours;
    }
    return checked(offset == 0 ? end : offset);
  }

  private int checked(long offset) throws SampleException {
    if (offset >= b.length) {
      throw Faults.truncated(ImageFormat.BMP, "the file, before its pixels,", b.length);
    }
    return (int) offset;
  }

  private Raster raw(int pixels, BmpMasks masks) throws SampleException {
    long rowBytes = ((long) width * bits + 31) / 32 * 4;
    long rowUsed = ((long) width * bits + 7) / 8;
    if (pixels + rowBytes * (height - 1) + rowUsed > b.length) {
      throw Faults.truncated(
          ImageFormat.BMP, "the image of " + width + "x" + height + " pixels", b.length);
    }
    if (bits <= 8) {
      byte[] indices = new byte[width * height];
      for (int y = 0; y < height; y++) {
        long row = pixels + rowBytes * y;
        for (int x = 0; x < width; x++) {
          int bit = x * bits;
          int value = Bytes.u8(b, (int) row + (bit >> 3)) >> (8 - bits - (bit & 7));
          indices[y * width + x] = (byte) (value & ((1 << bits) - 1));
        }
      }
      return indexed(indices);
    }
    Raster raster = Raster.blank(width, height, masks.hasAlpha() ? Raster.RGBA : Raster.RGB);
    for (int y = 0; y < height; y++) {
      int to = line(y) * width * raster.channels();
      masks.row(b, (int) (pixels + rowBytes * y), raster, to);
    }
    return raster;
  }

  /** Colours for palette indices, in the file's row order. */
  private Raster indexed(byte[] indices) {
    Raster raster = Raster.blank(width, height, Raster.RGB);
    byte[] out = raster.data();
    for (int y = 0; y < height; y++) {
      int to = line(y) * width * 3;
      for (int x = 0; x < width; x++, to += 3) {
        int entry = (indices[y * width + x] & 0xff) * paletteEntry;
        if (entry + 2 < palette.length) {
          out[to] = palette[entry + 2];
          out[to + 1] = palette[entry + 1];
          out[to + 2] = palette[entry];
        }
      }
    }
    return raster;
  }

  private int line(int y) {
    return topDown ? y : height - 1 - y;
  }

  private void need(int at, int length, String what) throws SampleException {
    if (at + length > b.length) {
      throw Faults.truncated(ImageFormat.BMP, what, b.length);
    }
  }
}
