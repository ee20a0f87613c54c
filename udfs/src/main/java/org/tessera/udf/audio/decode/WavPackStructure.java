package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** WavPack: blocks with their sizes; the first one says how many frames the file has. */
final class WavPackStructure {
  private static final int HEADER = 32;

  private WavPackStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    long frames = -1;
    long at = 0;
    while (bytes.has(at, 4) && bytes.is(at, "wvpk")) {
      bytes.need(at, HEADER, "the block at byte " + at);
      long size = bytes.u32le(at + 4) + 8;
      if (size < HEADER) {
        throw bytes.malformed(at + 4, "a block of " + size + " bytes");
      }
      bytes.need(at, size, "the block at byte " + at);
      if (at == 0) {
        long total = bytes.u32le(12);
        frames = total == 0xffffffffL ? -1 : total + ((long) bytes.u8(11) << 32);
      }
      at += size;
    }
    if (at < bytes.size() && !bytes.is(at, "APETAGEX") && !bytes.is(at, "TAG")) {
      throw bytes.malformed(at, "no block where the last one ends");
    }
    return new Structure.Extent(frames, at);
  }
}
