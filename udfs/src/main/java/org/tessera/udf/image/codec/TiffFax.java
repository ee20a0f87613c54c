package org.tessera.udf.image.codec;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.IIOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.tessera.udf.sample.SampleException;

/**
 * CCITT fax strips and tiles, through the platform's TIFF reader: each becomes a small TIFF file
 * with only the tags that the compression needs. Where that reader would go on with a guess behind
 * a code that does not exist, the image is rejected.
 */
final class TiffFax {
  private static final int SHORT = 3;
  private static final int LONG = 4;

  private final TiffLayout layout;
  private final int options;

  /**
   * A decoder of chunks.
   *
   * @param options the tag T4Options
   */
  TiffFax(TiffLayout layout, int options) {
    this.layout = layout;
    this.options = options;
  }

  /** Fills {@code samples} with packed bits, 0 for white as CCITT has it; returns their number. */
  int decode(byte[] data, byte[] samples, int rows) throws SampleException {
    if (layout.bits() != 1 || layout.interleaved() != 1) {
      throw Faults.malformed(ImageFormat.TIFF, "fax data of more than one bit a pixel", -1);
    }
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("tiff");
    if (!readers.hasNext()) {
      throw Faults.unsupported(
          ImageFormat.TIFF, "fax data on a Java platform without image plug-ins", -1);
    }
    ImageReader reader = readers.next();
    try (ImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file(data, rows)))) {
      reader.setInput(in, true, true);
      List<String> warnings = new ArrayList<>();
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      Raster raster = reader.read(0).getRaster();
      if (!warnings.isEmpty() && !isFilled(data, warnings)) {
        throw new IIOException(warnings.get(0));
      }
      pack(raster, samples, rows);
      return samples.length;
    } catch (IOException | RuntimeException e) {
      SampleException fault =
          Faults.malformed(ImageFormat.TIFF, "corrupt fax data: " + e.getMessage(), -1);
      fault.initCause(e);
      throw fault;
    } finally {
      reader.dispose();
    }
  }

  /**
   * Whether T.4 data begin with an end-of-line code that has fill bits before it: the platform's
   * reader warns of that, and reads it.
   */
  private static boolean isFilled(byte[] data, List<String> warnings) {
    return warnings.size() == 1
        && warnings.get(0).endsWith("should begin with EOL.")
        && data.length > 1
        && data[0] == 0
        && data[1] > 0
        && data[1] < 16;
  }

  private void pack(Raster raster, byte[] samples, int rows) {
    int[] row = new int[layout.chunkWidth()];
    for (int y = 0; y < rows; y++) {
      raster.getSamples(0, y, row.length, 1, 0, row);
      int from = y * layout.rowBytes();
      for (int x = 0; x < row.length; x++) {
        samples[from + (x >> 3)] |= (byte) (row[x] << (7 - (x & 7)));
      }
    }
  }

  private byte[] file(byte[] data, int rows) {
    int entries = 10;
    int start = 8 + 2 + entries * 12 + 4;
    ByteBuffer file = ByteBuffer.allocate(start + data.length);
    file.put(new byte[] {'M', 'M', 0, 42}).putInt(8).putShort((short) entries);
    entry(file, TiffTags.WIDTH, LONG, layout.chunkWidth());
    entry(file, TiffTags.HEIGHT, LONG, rows);
    entry(file, TiffTags.BITS, SHORT, 1);
    entry(file, TiffTags.COMPRESSION, SHORT, layout.compression());
    entry(file, TiffTags.PHOTOMETRIC, SHORT, 1);
    entry(file, TiffTags.STRIP_OFFSETS, LONG, start);
    entry(file, TiffTags.SAMPLES, SHORT, 1);
    entry(file, TiffTags.ROWS_PER_STRIP, LONG, rows);
    entry(file, TiffTags.STRIP_BYTES, LONG, data.length);
    entry(file, layout.compression() == 4 ? 293 : TiffTags.FAX3_OPTIONS, LONG, options());
    return file.putInt(0).put(data).array();
  }

  private int options() {
    return layout.compression() == 3 ? options : 0;
  }

  private static void entry(ByteBuffer file, int tag, int type, int value) {
    file.putShort((short) tag).putShort((short) type).putInt(1);
    if (type == SHORT) {
      file.putShort((short) value).putShort((short) 0);
    } else {
      file.putInt(value);
    }
  }
}
