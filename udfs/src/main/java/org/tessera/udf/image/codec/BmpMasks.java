package org.tessera.udf.image.codec;

import java.util.List;
import org.tessera.udf.sample.SampleException;

/**
 * Which bits of a 16, 24 or 32-bit BMP pixel are which channel.
 *
 * @param bytes bytes of a pixel
 * @param shift the lowest bit of red, green, blue and alpha; alpha's is -1 when it is not used
 * @param depth the number of bits of red, green, blue and alpha
 */
record BmpMasks(int bytes, int[] shift, int[] depth) {
  /** The masks that Pillow accepts for 32 bits: red, green, blue, alpha. */
  private static final List<List<Long>> MASKS_32 =
      List.of(
          List.of(0xFF0000L, 0xFF00L, 0xFFL, 0x0L),
          List.of(0xFF000000L, 0xFF0000L, 0xFF00L, 0x0L),
          List.of(0xFF000000L, 0xFF00L, 0xFFL, 0x0L),
          List.of(0xFF000000L, 0xFF0000L, 0xFF00L, 0xFFL),
          List.of(0xFFL, 0xFF00L, 0xFF0000L, 0xFF000000L),
          List.of(0xFF0000L, 0xFF00L, 0xFFL, 0xFF000000L),
          List.of(0xFF000000L, 0xFF00L, 0xFFL, 0xFF0000L));

  /** The channels without bit fields. */
  static BmpMasks plain(int bits) {
    return bits == 16
        ? new BmpMasks(2, new int[] {10, 5, 0, -1}, new int[] {5, 5, 5, 0})
        : new BmpMasks(bits / 8, new int[] {16, 8, 0, -1}, new int[] {8, 8, 8, 0});
  }

  /** Reads the masks of a header. */
  static BmpMasks read(byte[] b, int at, boolean withAlpha, int bits) throws SampleException {
    long red = Bytes.u32le(b, at);
    long green = Bytes.u32le(b, at + 4);
    long blue = Bytes.u32le(b, at + 8);
    long alpha = withAlpha ? Bytes.u32le(b, at + 12) : 0;
    if (bits == 32) {
      if (red == 0 && green == 0 && blue == 0 && alpha == 0) {
        return eight(4, 16, 8, 0, 24);
      }
      if (MASKS_32.contains(List.of(red, green, blue, alpha))) {
        return eight(4, low(red), low(green), low(blue), alpha == 0 ? -1 : low(alpha));
      }
    } else if (bits == 24 && red == 0xFF0000 && green == 0xFF00 && blue == 0xFF) {
      return plain(24);
    } else if (bits == 16 && red == 0xF800 && green == 0x7E0 && blue == 0x1F) {
      return new BmpMasks(2, new int[] {11, 5, 0, -1}, new int[] {5, 6, 5, 0});
    } else if (bits == 16 && red == 0x7C00 && green == 0x3E0 && blue == 0x1F) {
      return plain(16);
    }
    throw Faults.unsupported(
        ImageFormat.BMP, "a layout of bits %X, %X, %X, %X".formatted(red, green, blue, alpha), at);
  }

  private static BmpMasks eight(int bytes, int red, int green, int blue, int alpha) {
    return new BmpMasks(bytes, new int[] {red, green, blue, alpha}, new int[] {8, 8, 8, 8});
  }

  private static int low(long mask) {
    return Long.numberOfTrailingZeros(mask);
  }

  boolean hasAlpha() {
    return shift[3] >= 0;
  }

  /** Unpacks one row; channels of fewer than 8 bits are scaled to the full range, rounded down. */
  void row(byte[] b, int from, Raster raster, int to) {
    byte[] out = raster.data();
    int at = to;
    for (int x = 0; x < raster.width(); x++) {
      long pixel = 0;
      for (int i = 0; i < bytes; i++) {
        pixel |= (long) Bytes.u8(b, from + x * bytes + i) << (8 * i);
      }
      for (int c = 0; c < raster.channels(); c++) {
        int full = (1 << depth[c]) - 1;
        out[at++] = (byte) ((pixel >> shift[c] & full) * 255 / full);
      }
    }
  }
}
