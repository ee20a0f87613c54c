package org.tessera.udf.image.codec;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.tessera.udf.sample.SampleException;

/** The decompressed strips and tiles of a TIFF image. */
final class TiffChunks {
  private static final int RAW = 1;
  private static final int LZW = 5;
  private static final int JPEG = 7;
  private static final int DEFLATE = 8;
  private static final int PACK_BITS = 32773;
  private static final int OLD_DEFLATE = 32946;

  /** No compression here makes data more than this many times smaller. */
  private static final int BEST_RATIO = 1 << 16;

  private final byte[] b;
  private final TiffLayout layout;
  private final TiffJpeg jpeg;
  private final TiffFax fax;

  TiffChunks(byte[] b, TiffLayout layout, TiffDirectory tags) {
    this.b = b;
    this.layout = layout;
    this.jpeg = new TiffJpeg(layout, tags.bytes(TiffTags.JPEG_TABLES));
    this.fax = new TiffFax(layout, (int) tags.value(TiffTags.FAX3_OPTIONS, 0));
  }

  /**
   * The samples of one chunk: rows of {@link TiffLayout#rowBytes}, little-endian samples without a
   * predictor.
   *
   * @param index the chunk's number in the file
   * @param rows how many rows it must have
   */
  byte[] read(int index, int rows) throws SampleException {
    long size = (long) layout.rowBytes() * rows;
    long offset = layout.offsets()[index];
    if (offset < 0 || offset >= b.length) {
      throw Faults.truncated(ImageFormat.TIFF, "strip or tile " + index, b.length);
    }
    boolean raw = layout.compression() == RAW;
    if (offset + size / (raw ? 1 : BEST_RATIO) > b.length) {
      throw Faults.truncated(ImageFormat.TIFF, "strip or tile " + index, b.length);
    }
    byte[] samples = new byte[Math.toIntExact(size)];
    if (raw) {
      System.arraycopy(b, (int) offset, samples, 0, samples.length);
      if (layout.reversed()) {
        reverse(samples);
      }
      swap(samples);
      return samples;
    }
    decompress(index, (int) offset, samples, rows);
    if (layout.compression() != JPEG) {
      swap(samples);
      new TiffPredictor(layout).undo(samples, rows);
    }
    return samples;
  }

  private void decompress(int index, int offset, byte[] samples, int rows) throws SampleException {
    long length =
        layout.lengths() == null || layout.lengths().length <= index
            ? b.length - (long) offset
            : layout.lengths()[index];
    if (offset + length > b.length) {
      throw Faults.truncated(ImageFormat.TIFF, "strip or tile " + index, b.length);
    }
    byte[] data = Arrays.copyOfRange(b, offset, offset + (int) length);
    if (layout.reversed()) {
      reverse(data);
    }
    int done =
        switch (layout.compression()) {
          case LZW -> TiffLzw.decode(data, 0, data.length, samples);
          case DEFLATE, OLD_DEFLATE -> inflate(data, samples, offset);
          case PACK_BITS -> unpack(data, samples);
          case JPEG -> jpeg.decode(data, samples, rows);
          case 2, 3, 4 -> fax.decode(data, samples, rows);
          default ->
              throw Faults.unsupported(ImageFormat.TIFF, "compression " + layout.compression(), -1);
        };
    if (done < samples.length) {
      throw Faults.truncated(
          ImageFormat.TIFF,
          "the data of strip or tile "
              + index
              + ", "
              + (samples.length - done)
              + " of its bytes early,",
          offset + length);
    }
  }

  private static int inflate(byte[] data, byte[] samples, int offset) throws SampleException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(data);
      int done = 0;
      while (done < samples.length) {
        int count = inflater.inflate(samples, done, samples.length - done);
        if (count == 0) {
          break;
        }
        done += count;
      }
      return done;
    } catch (DataFormatException e) {
      throw Faults.malformed(
          ImageFormat.TIFF, "corrupt deflated data", offset + inflater.getBytesRead());
    } finally {
      inflater.end();
    }
  }

  private static int unpack(byte[] data, byte[] samples) {
    int done = 0;
    int at = 0;
    while (done < samples.length && at < data.length) {
      int code = data[at++];
      if (code == -128) {
        continue;
      }
      int count = Math.min(code >= 0 ? code + 1 : 1 - code, samples.length - done);
      if (code < 0) {
        if (at >= data.length) {
          break;
        }
        Arrays.fill(samples, done, done + count, data[at++]);
      } else {
        count = Math.min(count, data.length - at);
        System.arraycopy(data, at, samples, done, count);
        at += count;
      }
      done += count;
    }
    return done;
  }

  private static void reverse(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (Integer.reverse(bytes[i]) >>> 24);
    }
  }

  /** Makes samples of several bytes little-endian. */
  private void swap(byte[] samples) {
    int size = layout.bits() / 8;
    if (!layout.bigEndian() || layout.bits() % 8 != 0 || size < 2) {
      return;
    }
    for (int at = 0; at + size <= samples.length; at += size) {
      for (int i = 0; i < size / 2; i++) {
        byte low = samples[at + i];
        samples[at + i] = samples[at + size - 1 - i];
        samples[at + size - 1 - i] = low;
      }
    }
  }
}
