package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** MP4 and QuickTime: boxes at the top level, of which {@code moov} must be there. */
final class Mp4Structure {
  private Mp4Structure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    boolean movie = false;
    long at = 0;
    while (bytes.has(at, 8) && !(movie && Id3.follows(bytes, at))) {
      long size = bytes.u32be(at);
      long header = 8;
      if (size == 1) {
        bytes.need(at, 16, "the box at byte " + at);
        size = bytes.s64be(at + 8);
        header = 16;
      } else if (size == 0) {
        size = bytes.size() - at;
      }
      if (size < header) {
        throw bytes.malformed(at, "a box of " + size + " bytes");
      }
      bytes.need(at, size, "the " + name(bytes, at + 4) + " box at byte " + at);
      movie |= bytes.is(at + 4, "moov");
      at += size;
    }
    if (!movie) {
      bytes.need(at, 8, "the boxes, before the moov box, and it");
    }
    return Structure.Extent.unknown(bytes);
  }

  private static String name(ByteWindow bytes, long at) throws SampleException {
    return bytes.text(at, 4).replaceAll("[^ -~]", "?");
  }
}
