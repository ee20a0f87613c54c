package org.tessera.udf.image.codec;

import java.io.ByteArrayOutputStream;
import org.tessera.udf.sample.SampleException;

/** JPEG-compressed strips and tiles: each becomes a JPEG file of its own. */
final class TiffJpeg {
  private static final int YCBCR = 6;

  private final TiffLayout layout;
  private final byte[] tables;

  /**
   * A decoder of chunks.
   *
   * @param tables the shared tables, a JPEG stream without an image; may be empty
   */
  TiffJpeg(TiffLayout layout, byte[] tables) {
    this.layout = layout;
    this.tables = tables;
  }

  /** Fills {@code samples}; returns how many bytes were there. */
  int decode(byte[] data, byte[] samples, int rows) throws SampleException {
    byte[] file = file(data);
    JpegHeader header = JpegHeader.read(file);
    int channels = layout.interleaved();
    boolean fits =
        header.width() == layout.chunkWidth()
            && header.height() >= rows
            && header.components() == channels
            && layout.bits() == 8;
    if (!fits || (long) header.height() > 2L * layout.chunkHeight() + 16) {
      throw Faults.malformed(
          ImageFormat.TIFF,
          "a JPEG strip or tile of %dx%dx%d instead of %dx%dx%d"
              .formatted(
                  header.width(),
                  header.height(),
                  header.components(),
                  layout.chunkWidth(),
                  rows,
                  channels),
          -1);
    }
    if (channels == 4) {
      byte[] raw = CmykJpeg.components(file, header);
      System.arraycopy(raw, 0, samples, 0, samples.length);
      return samples.length;
    }
    byte[] rgb = NativeCodec.decode(ImageFormat.TIFF, file, false).data();
    if (channels == 3) {
      System.arraycopy(rgb, 0, samples, 0, samples.length);
    } else {
      for (int i = 0; i < samples.length; i++) {
        samples[i] = rgb[3 * i];
      }
    }
    return samples.length;
  }

  /** Tables and image in one stream, which says whether its colours are YCbCr. */
  private byte[] file(byte[] data) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(data.length + tables.length + 16);
    out.write(0xFF);
    out.write(0xD8);
    int transform = layout.photometric() == YCBCR ? 1 : 0;
    out.writeBytes(
        new byte[] {
          (byte) 0xFF,
          (byte) 0xEE,
          0,
          14,
          'A',
          'd',
          'o',
          'b',
          'e',
          0,
          100,
          0,
          0,
          0,
          0,
          (byte) transform
        });
    if (tables.length > 4) {
      out.write(tables, 2, tables.length - 4);
    }
    out.write(data, Math.min(2, data.length), Math.max(0, data.length - 2));
    return out.toByteArray();
  }
}
