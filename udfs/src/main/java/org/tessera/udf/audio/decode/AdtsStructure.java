package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** AAC in ADTS (ISO 13818-7): frame after frame, each with its length. */
final class AdtsStructure {
  private static final int HEADER = 7;

  private AdtsStructure() {}

  /** Whether the first 8 bytes of a frame are there: sync, layer 0, a rate, a length. */
  static boolean isHeader(int first, int second) {
    return first >>> 20 == 0xfff
        && (first >>> 17 & 3) == 0
        && (first >>> 10 & 15) < 13
        && length(first, second) > HEADER;
  }

  /** Bytes of the frame. */
  static int length(int first, int second) {
    return (first & 3) << 11 | second >>> 21;
  }

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    long at = Id3.audioStart(bytes);
    while (bytes.has(at, 1) && bytes.u8(at) == 0) {
      at++;
    }
    while (bytes.has(at, 8)) {
      int first = (int) bytes.u32be(at);
      int second = (int) bytes.u32be(at + 4);
      if (!isHeader(first, second)) {
        break;
      }
      bytes.need(at, length(first, second), "the frame at byte " + at);
      at += length(first, second);
    }
    MpegStructure.checkEnd(bytes, at);
    return new Structure.Extent(-1, at);
  }
}
