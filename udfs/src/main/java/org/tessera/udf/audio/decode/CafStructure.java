package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** Apple Core Audio: big-endian chunks with 64-bit sizes; data of size -1 reach to the end. */
final class CafStructure {
  private CafStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    long at = 8;
    long frame = 0;
    while (true) {
      bytes.need(at, 12, "the header, before the data chunk");
      long size = bytes.s64be(at + 4);
      if (bytes.is(at, "desc")) {
        bytes.need(at + 12, 32, "the desc chunk");
        boolean linear = bytes.is(at + 20, "lpcm");
        frame = linear ? bytes.u32be(at + 28) : 0;
      } else if (bytes.is(at, "data")) {
        long length = size == -1 ? bytes.size() - at - 12 : size;
        bytes.need(at + 12, Math.max(length, 4), "the data chunk");
        return new Structure.Extent(frame > 0 ? (length - 4) / frame : -1, bytes.size());
      }
      if (size < 0) {
        throw bytes.malformed(at + 4, "a chunk of " + size + " bytes");
      }
      bytes.need(at + 12, size, "the chunk at byte " + at);
      at += 12 + size;
    }
  }
}
