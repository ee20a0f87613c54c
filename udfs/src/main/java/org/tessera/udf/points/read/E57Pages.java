package org.tessera.udf.points.read;

import java.util.zip.CRC32C;
import org.tessera.udf.sample.SampleException;

/**
 * The bytes of an E57 file without its checksums: every page ends with the CRC-32C of its other
 * bytes, big-endian, and is checked when it is read. Offsets in the file ("physical") count the
 * checksums, positions here ("logical") do not. Not thread-safe.
 */
final class E57Pages {
  private static final int CHECKSUM = 4;
  private static final int SMALLEST = 64;
  private static final int LARGEST = 1 << 20;

  private final Bytes in;
  private final int pageSize;
  private final int payload;
  private final byte[] page;
  private long loaded = -1;
  private long position;

  /**
   * @param pageSize what the header says; it is at byte 40
   */
  E57Pages(Bytes in, long pageSize) throws SampleException {
    if (pageSize < SMALLEST || pageSize > LARGEST) {
      throw Bad.malformed(in.format(), "its pages have " + pageSize + " bytes", 40);
    }
    this.in = in;
    this.pageSize = (int) pageSize;
    this.payload = this.pageSize - CHECKSUM;
    this.page = new byte[payload];
  }

  /** The bytes without checksums. */
  long size() {
    return in.size() / pageSize * payload;
  }

  long remaining() {
    return size() - position;
  }

  /** Where in the file the next byte is. */
  long offset() {
    return position / payload * pageSize + position % payload;
  }

  /** Goes to a place given as an offset in the file. */
  void seekOffset(long offset, long where) throws SampleException {
    if (offset < 0 || offset >= in.size()) {
      throw Bad.truncated(in.format(), "it points to byte " + offset + " of " + in.size(), where);
    }
    if (offset % pageSize >= payload) {
      throw Bad.malformed(in.format(), "it points into a checksum, to byte " + offset, where);
    }
    position = offset / pageSize * payload + offset % pageSize;
  }

  void skip(long count, String what) throws SampleException {
    need(count, what);
    position += count;
  }

  void read(byte[] target, int from, int count, String what) throws SampleException {
    need(count, what);
    while (count > 0) {
      load(position / payload);
      int at = (int) (position % payload);
      int part = Math.min(count, payload - at);
      System.arraycopy(page, at, target, from, part);
      from += part;
      count -= part;
      position += part;
    }
  }

  private void need(long count, String what) throws SampleException {
    if (count < 0 || count > remaining()) {
      throw Bad.truncated(in.format(), "it ends inside " + what, in.size());
    }
  }

  private void load(long number) throws SampleException {
    if (number == loaded) {
      return;
    }
    long start = number * pageSize;
    in.seek(start);
    in.need(pageSize, "a page");
    System.arraycopy(in.array(), in.at(), page, 0, payload);
    CRC32C crc = new CRC32C();
    crc.update(page, 0, payload);
    if ((int) crc.getValue() != Bytes.i32Big(in.array(), in.at() + payload)) {
      throw Bad.malformed(in.format(), "the checksum of page " + number + " is wrong", start);
    }
    loaded = number;
  }

  int u8(String what) throws SampleException {
    byte[] bytes = new byte[1];
    read(bytes, 0, 1, what);
    return bytes[0] & 0xff;
  }

  int u16(String what) throws SampleException {
    byte[] bytes = new byte[2];
    read(bytes, 0, 2, what);
    return Bytes.u16(bytes, 0);
  }

  long i64(String what) throws SampleException {
    byte[] bytes = new byte[8];
    read(bytes, 0, 8, what);
    return Bytes.i64(bytes, 0);
  }
}
