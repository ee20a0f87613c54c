package org.tessera.udf.image.codec;

import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * Netpbm files, plain (P1 to P3) and raw (P4 to P6), and gray PFM (Pf). As in Pillow, gray of more
 * than 8 bits is scaled to 65535 and then clipped at 255, and floating point is clipped.
 */
final class PnmDecoder {
  private static final int LONGEST_TOKEN = 10;

  private final byte[] b;
  private int at = 2;

  private PnmDecoder(byte[] b) {
    this.b = b;
  }

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    return new PnmDecoder(file).run(limits);
  }

  private Raster run(Limits limits) throws SampleException {
    char kind = (char) b[1];
    long width = number();
    long height = number();
    if (width < 1 || height < 1) {
      throw Faults.malformed(ImageFormat.PNM, "a size of " + width + "x" + height, 2);
    }
    Guard.pixels(ImageFormat.PNM, width, height, limits);
    int samples = kind == '3' || kind == '6' ? 3 : 1;
    boolean bits = kind == '1' || kind == '4';
    if (kind == 'f') {
      return floats((int) width, (int) height);
    }
    long most = bits ? 1 : number();
    if (most < 1 || most > 65535) {
      throw Faults.malformed(ImageFormat.PNM, "a highest value of " + most, at);
    }
    boolean plain = kind < '4';
    long row = bits ? (width + 7) / 8 : width * samples * (most > 255 ? 2 : 1);
    long least = plain ? width * height * samples : row * height;
    if (at + least > b.length) {
      throw Faults.truncated(
          ImageFormat.PNM, "the image of " + width + "x" + height + " pixels", b.length);
    }
    Raster raster = Raster.blank((int) width, (int) height, Raster.RGB);
    if (bits) {
      bits(raster, plain, (int) row);
    } else {
      values(raster, plain, samples, (int) most);
    }
    return raster;
  }

  /** Bits, where 1 is black. */
  private void bits(Raster raster, boolean plain, int rowBytes) throws SampleException {
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < raster.width(); x++) {
        int bit =
            plain ? plainBit() : Bytes.u8(b, at + y * rowBytes + (x >> 3)) >> (7 - (x & 7)) & 1;
        gray(raster, y * raster.width() + x, bit == 1 ? 0 : 255);
      }
    }
  }

  private int plainBit() throws SampleException {
    skip();
    if (at >= b.length) {
      throw Faults.truncated(ImageFormat.PNM, "the pixels", b.length);
    }
    int bit = b[at++] - '0';
    if (bit != 0 && bit != 1) {
      throw Faults.malformed(ImageFormat.PNM, "a bit that is not 0 or 1", at - 1L);
    }
    return bit;
  }

  private void values(Raster raster, boolean plain, int samples, int most) throws SampleException {
    int pixels = raster.width() * raster.height();
    boolean wide = samples == 1 && most > 255;
    for (int i = 0; i < pixels; i++) {
      for (int s = 0; s < samples; s++) {
        long value = plain ? plainValue(most) : rawValue(most);
        int scaled = (int) Math.min(65535, Math.rint((double) value / most * (wide ? 65535 : 255)));
        if (samples == 1) {
          gray(raster, i, Math.min(255, scaled));
        } else {
          raster.data()[3 * i + s] = (byte) Math.min(255, scaled);
        }
      }
    }
  }

  private int rawValue(int most) {
    int value = most > 255 ? Bytes.u16be(b, at) : Bytes.u8(b, at);
    at += most > 255 ? 2 : 1;
    return value;
  }

  private long plainValue(int most) throws SampleException {
    long value = number();
    if (value > most) {
      throw Faults.malformed(ImageFormat.PNM, "the value " + value + " over " + most, at);
    }
    return value;
  }

  private Raster floats(int width, int height) throws SampleException {
    String scale = token();
    boolean little = scale.startsWith("-");
    if (at + 4L * width * height > b.length) {
      throw Faults.truncated(
          ImageFormat.PNM, "the image of " + width + "x" + height + " pixels", b.length);
    }
    Raster raster = Raster.blank(width, height, Raster.RGB);
    for (int y = height - 1; y >= 0; y--) {
      for (int x = 0; x < width; x++, at += 4) {
        int bits = little ? Bytes.i32le(b, at) : (int) Bytes.u32be(b, at);
        float value = Float.intBitsToFloat(bits);
        gray(raster, y * width + x, value > 0 ? (int) Math.min(255, value) : 0);
      }
    }
    return raster;
  }

  private static void gray(Raster raster, int pixel, int value) {
    byte[] out = raster.data();
    out[3 * pixel] = (byte) value;
    out[3 * pixel + 1] = (byte) value;
    out[3 * pixel + 2] = (byte) value;
  }

  private long number() throws SampleException {
    long start = at;
    String token = token();
    long value = 0;
    for (int i = 0; i < token.length(); i++) {
      char digit = token.charAt(i);
      if (digit < '0' || digit > '9') {
        throw Faults.malformed(ImageFormat.PNM, "a number that is none", start);
      }
      value = 10 * value + digit - '0';
    }
    return value;
  }

  /** The text up to the next white space, which is passed too. */
  private String token() throws SampleException {
    skip();
    int from = at;
    while (at < b.length && !isSpace(b[at])) {
      at++;
      if (at - from > LONGEST_TOKEN) {
        throw Faults.malformed(ImageFormat.PNM, "a long word in numbers", from);
      }
    }
    if (at == from) {
      throw Faults.truncated(ImageFormat.PNM, "the file", b.length);
    }
    String token = Bytes.latin1(b, from, at);
    at++;
    return token;
  }

  /** Passes white space and comments. */
  private void skip() {
    while (at < b.length && (isSpace(b[at]) || b[at] == '#')) {
      if (b[at] == '#') {
        while (at < b.length && b[at] != '\n' && b[at] != '\r') {
          at++;
        }
      }
      at++;
    }
  }

  private static boolean isSpace(byte c) {
    return c == ' ' || c >= 9 && c <= 13;
  }
}
