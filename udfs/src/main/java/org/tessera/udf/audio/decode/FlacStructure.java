package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** FLAC (RFC 9639): metadata blocks, STREAMINFO first, then frames that the decoder checks. */
final class FlacStructure {
  private FlacStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    long at = Id3.audioStart(bytes) + 4;
    bytes.need(at, 38, "the STREAMINFO block");
    if ((bytes.u8(at) & 0x7f) != 0) {
      throw bytes.malformed(at, "a metadata block stands before STREAMINFO");
    }
    long info = at + 4;
    if ((bytes.u32be(info + 10) >>> 12) == 0) {
      throw bytes.malformed(info + 10, "its sample rate is 0 Hz");
    }
    long total = (bytes.u8(info + 13) & 0x0fL) << 32 | bytes.u32be(info + 14);
    boolean last = false;
    while (!last) {
      bytes.need(at, 4, "a metadata block");
      int kind = bytes.u8(at);
      last = (kind & 0x80) != 0;
      if ((kind & 0x7f) == 0x7f) {
        throw bytes.malformed(at, "an invalid metadata block");
      }
      long size = bytes.u32be(at) & 0xffffff;
      bytes.need(at + 4, size, "the metadata block at byte " + at);
      at += 4 + size;
    }
    bytes.need(at, 2, "the first frame");
    if (bytes.u8(at) != 0xff || (bytes.u8(at + 1) & 0xfc) != 0xf8) {
      throw bytes.malformed(at, "no frame follows the metadata");
    }
    return new Structure.Extent(total == 0 ? -1 : total, Math.max(at, Id3.audioEnd(bytes)));
  }
}
