package org.tessera.udf.image.codec;

import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/** QOI, the "quite OK image" format, by its specification of 2022. Not thread-safe. */
final class QoiDecoder {
  private static final int HEADER = 14;

  private final byte[] b;
  private int at = HEADER;

  private QoiDecoder(byte[] b) {
    this.b = b;
  }

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    if (file.length < HEADER) {
      throw Faults.truncated(ImageFormat.QOI, "the header", file.length);
    }
    long width = Bytes.u32be(file, 4);
    long height = Bytes.u32be(file, 8);
    if (width == 0 || height == 0) {
      throw Faults.malformed(ImageFormat.QOI, "a size of " + width + "x" + height, 4);
    }
    Guard.pixels(ImageFormat.QOI, width, height, limits);
    // One byte stands for at most 62 pixels.
    if (width * height / 62 > file.length) {
      throw Faults.truncated(
          ImageFormat.QOI, "the image of " + width + "x" + height + " pixels", file.length);
    }
    int channels = file[12] == 3 ? Raster.RGB : Raster.RGBA;
    Raster raster = Raster.blank((int) width, (int) height, channels);
    new QoiDecoder(file).pixels(raster);
    return raster;
  }

  private void pixels(Raster raster) throws SampleException {
    byte[] out = raster.data();
    int channels = raster.channels();
    byte[][] seen = new byte[64][4];
    byte[] pixel = {0, 0, 0, (byte) 255};
    int done = 0;
    while (done < out.length) {
      int code = next();
      int run = 1;
      if (code >= 0xC0 && code < 0xFE) {
        run = (code & 0x3F) + 1;
      } else {
        pixel = pixel(code, pixel, seen);
        seen[hash(pixel)] = pixel;
      }
      for (; run > 0 && done < out.length; run--) {
        System.arraycopy(pixel, 0, out, done, channels);
        done += channels;
      }
    }
  }

  private byte[] pixel(int code, byte[] previous, byte[][] seen) throws SampleException {
    byte[] pixel = previous.clone();
    if (code >= 0xFE) {
      for (int c = 0; c < (code == 0xFE ? 3 : 4); c++) {
        pixel[c] = (byte) next();
      }
      return pixel;
    }
    if (code < 0x40) {
      return seen[code];
    }
    if (code < 0x80) {
      pixel[0] += (byte) ((code >> 4 & 3) - 2);
      pixel[1] += (byte) ((code >> 2 & 3) - 2);
      pixel[2] += (byte) ((code & 3) - 2);
      return pixel;
    }
    int second = next();
    int green = (code & 0x3F) - 32;
    pixel[0] += (byte) (green + (second >> 4) - 8);
    pixel[1] += (byte) green;
    pixel[2] += (byte) (green + (second & 15) - 8);
    return pixel;
  }

  private static int hash(byte[] p) {
    return ((p[0] & 0xff) * 3 + (p[1] & 0xff) * 5 + (p[2] & 0xff) * 7 + (p[3] & 0xff) * 11) % 64;
  }

  private int next() throws SampleException {
    if (at >= b.length) {
      throw Faults.truncated(ImageFormat.QOI, "the pixels", b.length);
    }
    return Bytes.u8(b, at++);
  }
}
