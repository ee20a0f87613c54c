package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** Matroska and WebM: the EBML header and the segment, whose size may be unknown. */
final class MatroskaStructure {
  private static final long SEGMENT = 0x18538067L;

  private MatroskaStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    long at = 4;
    at += width(bytes, at) + value(bytes, at);
    bytes.need(at, 5, "the segment");
    while (bytes.u32be(at) != SEGMENT) {
      // Only void and checksum elements, with ids of one byte, may stand between.
      if (bytes.u8(at) != 0xec && bytes.u8(at) != 0xbf) {
        throw bytes.malformed(at, "no segment");
      }
      at += 1 + width(bytes, at + 1) + value(bytes, at + 1);
      bytes.need(at, 5, "the segment");
    }
    long size = value(bytes, at + 4);
    int width = width(bytes, at + 4);
    if (size != (1L << 7 * width) - 1) {
      bytes.need(at + 4 + width, size, "the segment");
    }
    return Structure.Extent.unknown(bytes);
  }

  /** Bytes of the EBML number. */
  private static int width(ByteWindow bytes, long at) throws SampleException {
    int first = bytes.u8(at);
    if (first == 0) {
      throw bytes.malformed(at, "an EBML number of more than 8 bytes");
    }
    return Integer.numberOfLeadingZeros(first) - 23;
  }

  private static long value(ByteWindow bytes, long at) throws SampleException {
    int width = width(bytes, at);
    long value = bytes.u8(at) & (0xff >> width);
    for (int i = 1; i < width; i++) {
      value = value << 8 | bytes.u8(at + i);
    }
    return value;
  }
}
