package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** Sony Wave64: chunks named by 16-byte GUIDs with 64-bit sizes that count their own 24 bytes. */
final class W64Structure {
  private static final int CHUNK = 24;

  private W64Structure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    bytes.need(0, 40, "the header");
    long at = 40;
    int blockAlign = 0;
    int tag = 0;
    while (true) {
      bytes.need(at, CHUNK, "the header, before the data chunk");
      long size = bytes.s64le(at + 16);
      if (size < CHUNK) {
        throw bytes.malformed(at + 16, "a chunk of " + size + " bytes");
      }
      bytes.need(at, size, "the chunk at byte " + at);
      if (bytes.is(at, "fmt ")) {
        bytes.need(at + CHUNK, 16, "the fmt chunk");
        tag = bytes.u16le(at + CHUNK);
        blockAlign = bytes.u16le(at + CHUNK + 12);
        if (bytes.u16le(at + CHUNK + 2) == 0 || bytes.u32le(at + CHUNK + 4) == 0) {
          throw bytes.malformed(at + CHUNK + 2, "it has no channels or no sample rate");
        }
      } else if (bytes.is(at, "data")) {
        boolean linear = tag == 1 || tag == 3;
        return new Structure.Extent(
            linear && blockAlign > 0 ? (size - CHUNK) / blockAlign : -1, bytes.size());
      }
      at += size + 7 & ~7L;
    }
  }
}
