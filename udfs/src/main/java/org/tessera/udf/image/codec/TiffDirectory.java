package org.tessera.udf.image.codec;

import java.util.HashMap;
import java.util.Map;
import org.tessera.udf.sample.SampleException;

/** The first directory of a TIFF or BigTIFF file: whole-number tags by their number. */
final class TiffDirectory {
  private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

  private final byte[] b;
  private final boolean bigEndian;
  private final Map<Integer, long[]> tags = new HashMap<>();

  private TiffDirectory(byte[] b, boolean bigEndian) {
    this.b = b;
    this.bigEndian = bigEndian;
  }

  /** Reads the directory that the header points to. */
  static TiffDirectory read(byte[] b) throws SampleException {
    if (b.length < 8) {
      throw Faults.truncated(ImageFormat.TIFF, "the header", b.length);
    }
    TiffDirectory directory = new TiffDirectory(b, b[0] == 'M');
    boolean large = directory.number(2, 2) == 43;
    if (large && b.length < 16) {
      throw Faults.truncated(ImageFormat.TIFF, "the header", b.length);
    }
    long at = large ? directory.number(8, 8) : directory.number(4, 4);
    directory.entries(at, large);
    return directory;
  }

  boolean bigEndian() {
    return bigEndian;
  }

  /** The values of a tag, or null when it is absent. */
  long[] values(int tag) {
    return tags.get(tag);
  }

  /** The first value of a tag. */
  long value(int tag, long defaultValue) {
    long[] values = tags.get(tag);
    return values == null || values.length == 0 ? defaultValue : values[0];
  }

  /** The values of a tag as bytes; empty when absent. */
  byte[] bytes(int tag) {
    long[] values = tags.get(tag);
    byte[] bytes = new byte[values == null ? 0 : values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private void entries(long at, boolean large) throws SampleException {
    int countBytes = large ? 8 : 2;
    int entryBytes = large ? 20 : 12;
    if (at < 8 || at > b.length - countBytes) {
      throw Faults.malformed(
          ImageFormat.TIFF, "a directory at " + at + " of " + b.length + " bytes", 4);
    }
    long count = number((int) at, countBytes);
    long first = at + countBytes;
    for (long i = 0; i < count; i++) {
      long entry = first + i * entryBytes;
      if (entry + entryBytes > b.length) {
        throw Faults.truncated(ImageFormat.TIFF, "the directory", b.length);
      }
      entry((int) entry, large);
    }
  }

  private void entry(int at, boolean large) throws SampleException {
    int tag = (int) number(at, 2);
    int type = (int) number(at + 2, 2);
    long count = number(at + 4, large ? 8 : 4);
    int size = type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
    if (size == 0 || tags.containsKey(tag) || !TiffTags.USED.contains(tag)) {
      return;
    }
    int field = at + (large ? 12 : 8);
    int room = large ? 8 : 4;
    if (count < 0 || count > b.length / size) {
      throw Faults.malformed(ImageFormat.TIFF, "tag " + tag + " with " + count + " values", at);
    }
    long from = count * size <= room ? field : number(field, room);
    if (from < 0 || from + count * size > b.length) {
      throw Faults.truncated(ImageFormat.TIFF, "the values of tag " + tag, b.length);
    }
    long[] values = new long[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = number((int) from + i * size, size);
    }
    tags.put(tag, values);
  }

  private long number(int at, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value = value << 8 | Bytes.u8(b, bigEndian ? at + i : at + size - 1 - i);
    }
    return value;
  }
}
