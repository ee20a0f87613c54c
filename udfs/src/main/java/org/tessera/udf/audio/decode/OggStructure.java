package org.tessera.udf.audio.decode;

import java.util.HashMap;
import java.util.Map;
import org.tessera.udf.sample.SampleException;

/**
 * Ogg (RFC 3533): pages with their lengths, checksums and numbers. A logical stream that does not
 * end with its last-page flag was cut off.
 */
final class OggStructure {
  private static final int HEADER = 27;
  private static final int LAST = 4;
  private static final int[] CRC = table();

  private OggStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    Map<Long, Long> open = new HashMap<>();
    long at = 0;
    while (at == 0 || !(open.isEmpty() && Id3.follows(bytes, at))) {
      bytes.need(
          at,
          HEADER,
          at == bytes.size()
              ? "a stream whose last page is missing, and it"
              : "the page at byte " + at);
      if (!bytes.is(at, "OggS")) {
        throw bytes.malformed(at, "no page where the last one ends");
      }
      long length = pageLength(bytes, at);
      if (checksum(bytes, at, length) != (int) bytes.u32le(at + 22)) {
        throw bytes.malformed(at, "the checksum is wrong of the page");
      }
      long serial = bytes.u32le(at + 14);
      long number = bytes.u32le(at + 18);
      Long before = open.get(serial);
      if (before != null && number != (before + 1 & 0xffffffffL)) {
        throw bytes.malformed(at, "page " + number + " follows page " + before);
      }
      if ((bytes.u8(at + 5) & LAST) == 0) {
        open.put(serial, number);
      } else {
        open.remove(serial);
      }
      at += length;
    }
    return new Structure.Extent(-1, at);
  }

  private static long pageLength(ByteWindow bytes, long at) throws SampleException {
    int segments = bytes.u8(at + 26);
    bytes.need(at, HEADER + segments, "the page at byte " + at);
    long length = HEADER + segments;
    for (int i = 0; i < segments; i++) {
      length += bytes.u8(at + HEADER + i);
    }
    bytes.need(at, length, "the page at byte " + at);
    return length;
  }

  /** CRC-32 with polynomial 0x04c11db7, not reflected, over the page with its checksum as 0. */
  private static int checksum(ByteWindow bytes, long at, long length) throws SampleException {
    byte[] page = bytes.bytes(at, (int) length);
    int crc = 0;
    for (int i = 0; i < page.length; i++) {
      int value = i >= 22 && i < 26 ? 0 : page[i] & 0xff;
      crc = crc << 8 ^ CRC[(crc >>> 24) ^ value];
    }
    return crc;
  }

  private static int[] table() {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      int value = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        value = value << 1 ^ (value < 0 ? 0x04c11db7 : 0);
      }
      table[i] = value;
    }
    return table;
  }
}
