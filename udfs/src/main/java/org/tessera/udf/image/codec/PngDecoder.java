package org.tessera.udf.image.codec;

import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * PNG with Pillow's results and tolerance: 16-bit colour keeps the high byte, 16-bit gray is
 * clipped at 255, colour profiles and gamma are ignored, checksums of pixels are not checked, a
 * compressed stream that ends between two rows leaves the rest black, and one that ends inside a
 * row is cut.
 */
final class PngDecoder {
  private static final int[] COLUMN = {0, 4, 0, 2, 0, 1, 0};
  private static final int[] COLUMN_STEP = {8, 8, 4, 4, 2, 2, 1};
  private static final int[] ROW = {0, 0, 4, 0, 2, 0, 1};
  private static final int[] ROW_STEP = {8, 8, 8, 4, 4, 2, 2};

  private final PngHeader header;
  private final int pixelBits;
  private final int filterStep;
  private final PngPixels pixels;

  private PngDecoder(PngHeader header) {
    this.header = header;
    this.pixelBits = header.bits() * header.samples();
    this.filterStep = (pixelBits + 7) / 8;
    this.pixels = new PngPixels(header);
  }

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    PngHeader header = PngHeader.read(file);
    Guard.pixels(ImageFormat.PNG, header.width(), header.height(), limits);
    Guard.plausible(
        ImageFormat.PNG, header.width() * header.height() * header.bits() / 8, file.length);
    PngDecoder decoder = new PngDecoder(header);
    try (PngData data = new PngData(file, header.firstData())) {
      if (header.interlaced()) {
        decoder.passes(data);
      } else {
        decoder.rows(data);
      }
      header.readTrailer(data.next());
    }
    return Orientation.apply(decoder.pixels.raster(), header.orientation());
  }

  private void rows(PngData data) throws SampleException {
    int[] box = header.box();
    int length = (int) (((long) box[2] * pixelBits + 7) / 8);
    byte[] row = new byte[length + 1];
    byte[] above = new byte[length + 1];
    for (int y = 0; y < box[3] && !data.ended(); y++) {
      data.row(row, length + 1);
      unfilter(row, above, length);
      pixels.row(row, box[0], 1, box[1] + y, box[2]);
      byte[] swapped = above;
      above = row;
      row = swapped;
    }
  }

  private void passes(PngData data) throws SampleException {
    int[] box = header.box();
    for (int pass = 0; pass < 7; pass++) {
      int count = (box[2] - COLUMN[pass] + COLUMN_STEP[pass] - 1) / COLUMN_STEP[pass];
      if (count <= 0) {
        continue;
      }
      int length = (int) (((long) count * pixelBits + 7) / 8);
      byte[] row = new byte[length + 1];
      byte[] above = new byte[length + 1];
      for (int y = ROW[pass]; y < box[3] && !data.ended(); y += ROW_STEP[pass]) {
        data.row(row, length + 1);
        unfilter(row, above, length);
        pixels.row(row, box[0] + COLUMN[pass], COLUMN_STEP[pass], box[1] + y, count);
        byte[] swapped = above;
        above = row;
        row = swapped;
      }
    }
  }

  /** Undoes the row's filter in place; byte 0 is the filter's number. */
  private void unfilter(byte[] row, byte[] above, int length) throws SampleException {
    int step = filterStep;
    switch (row[0]) {
      case 0 -> {
        // Stored as it is.
      }
      case 1 -> {
        for (int i = step + 1; i <= length; i++) {
          row[i] += row[i - step];
        }
      }
      case 2 -> {
        for (int i = 1; i <= length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> average(row, above, length, step);
      case 4 -> paeth(row, above, length, step);
      default -> throw Faults.malformed(ImageFormat.PNG, "row filter " + (row[0] & 0xff), -1);
    }
  }

  private static void average(byte[] row, byte[] above, int length, int step) {
    for (int i = 1; i <= Math.min(step, length); i++) {
      row[i] += (byte) ((above[i] & 0xff) >> 1);
    }
    for (int i = step + 1; i <= length; i++) {
      row[i] += (byte) (((row[i - step] & 0xff) + (above[i] & 0xff)) >> 1);
    }
  }

  private static void paeth(byte[] row, byte[] above, int length, int step) {
    for (int i = 1; i <= Math.min(step, length); i++) {
      row[i] += above[i];
    }
    for (int i = step + 1; i <= length; i++) {
      int a = row[i - step] & 0xff;
      int b = above[i] & 0xff;
      int c = above[i - step] & 0xff;
      int pa = Math.abs(b - c);
      int pb = Math.abs(a - c);
      int pc = Math.abs(a + b - 2 * c);
      row[i] += (byte) (pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
    }
  }
}
