package org.tessera.udf.image.codec;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.tessera.udf.sample.SampleException;

/**
 * JPEG files with four components. OpenCV gives colours of its own for these, so the raw components
 * come from the platform's reader (libjpeg, whose transforms are the same to the bit) and the
 * colours from Pillow's formulas. Pillow takes all such files as inverted, as Adobe writes them.
 */
final class CmykJpeg {
  private static final int YCCK = 2;

  private CmykJpeg() {}

  static org.tessera.udf.image.codec.Raster decode(byte[] file, JpegHeader header)
      throws SampleException {
    byte[] samples = components(withoutApplicationData(file), header);
    if (header.adobeTransform() == YCCK) {
      toCmyk(samples);
    }
    byte[] rgb = new byte[samples.length / 4 * 3];
    for (int from = 0, to = 0; from < samples.length; from += 4, to += 3) {
      // The file holds inverted ink: sample 255 is none. nk is what black ink leaves.
      int nk = samples[from + 3] & 0xff;
      for (int c = 0; c < 3; c++) {
        int ink = 255 - (samples[from + c] & 0xff);
        rgb[to + c] = (byte) Math.max(0, nk - multiply(ink, nk));
      }
    }
    return new org.tessera.udf.image.codec.Raster(header.width(), header.height(), 3, rgb);
  }

  /** {@code a * b / 255}, rounded (Pillow's {@code MULDIV255}). */
  static int multiply(int a, int b) {
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
  }

  /** YCCK to CMYK in place, by libjpeg's fixed-point formulas; K is kept. */
  private static void toCmyk(byte[] samples) {
    for (int i = 0; i < samples.length; i += 4) {
      int y = samples[i] & 0xff;
      int cb = (samples[i + 1] & 0xff) - 128;
      int cr = (samples[i + 2] & 0xff) - 128;
      samples[i] = clip(255 - (y + Ycc.red(cr)));
      samples[i + 1] = clip(255 - (y + Ycc.green(cb, cr)));
      samples[i + 2] = clip(255 - (y + Ycc.blue(cb)));
    }
  }

  private static byte clip(int value) {
    return (byte) Math.max(0, Math.min(255, value));
  }

  static byte[] components(byte[] file, JpegHeader header) throws SampleException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("jpeg");
    if (!readers.hasNext()) {
      throw Faults.unsupported(
          ImageFormat.JPEG, "CMYK colour on a Java platform without image plug-ins", -1);
    }
    ImageReader reader = readers.next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
      reader.setInput(in, true, true);
      Raster raster = reader.readRaster(0, null);
      int size = header.width() * header.height() * 4;
      byte[] samples =
          (byte[]) raster.getDataElements(0, 0, header.width(), header.height(), new byte[size]);
      return samples;
    } catch (IOException | RuntimeException e) {
      SampleException fault =
          Faults.malformed(ImageFormat.JPEG, "the decoder stopped with " + e.getMessage(), -1);
      fault.initCause(e);
      throw fault;
    } finally {
      reader.dispose();
    }
  }

  /** The file without APP and COM segments, so that the reader converts and checks nothing. */
  private static byte[] withoutApplicationData(byte[] file) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(file.length);
    out.write(file, 0, 2);
    int at = 2;
    while (at + 4 <= file.length) {
      int marker = Bytes.u8(file, at + 1);
      if (file[at] != (byte) 0xFF || marker == 0xFF || marker < 0xC0 || marker == 0xDA) {
        break;
      }
      int end = at + 2 + Bytes.u16be(file, at + 2);
      boolean application = marker >= 0xE0 && marker <= 0xEF || marker == 0xFE;
      if (!application) {
        out.write(file, at, Math.min(end, file.length) - at);
      }
      at = end;
    }
    if (at < file.length) {
      out.write(file, at, file.length - at);
    }
    return out.toByteArray();
  }
}
