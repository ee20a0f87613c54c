package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/**
 * Tags of other programs around the audio: ID3v2 before it, ID3v1, APE, Lyrics3 and zeros behind.
 */
final class Id3 {
  /** Bytes of a tag's header. */
  static final int HEADER = 10;

  private static final int ID3V1_BYTES = 128;
  private static final int APE_FOOTER_BYTES = 32;

  private Id3() {}

  /** The byte after the tag that starts at {@code at}, whose header must be in the array. */
  static long end(byte[] bytes, int at) {
    if (at + HEADER > bytes.length) {
      return bytes.length;
    }
    long size = 0;
    for (int i = 6; i < HEADER; i++) {
      size = size << 7 | bytes[at + i] & 0x7f;
    }
    boolean footer = (bytes[at + 5] & 0x10) != 0;
    return at + HEADER + size + (footer ? HEADER : 0);
  }

  /** The byte where the audio starts: behind all tags at the start of the file. */
  static long audioStart(ByteWindow bytes) throws SampleException {
    long at = 0;
    while (bytes.has(at, HEADER) && bytes.is(at, "ID3")) {
      at = at + end(bytes.bytes(at, HEADER), 0);
      bytes.need(0, at, "its ID3 tag");
    }
    return at;
  }

  /** Whether nothing but zeros and tags stands from a position to the end of the file. */
  static boolean follows(ByteWindow bytes, long end) throws SampleException {
    long at = end;
    while (bytes.has(at, 1) && bytes.u8(at) == 0) {
      at++;
    }
    return !bytes.has(at, 1)
        || bytes.is(at, "TAG")
        || bytes.is(at, "APETAGEX")
        || bytes.is(at, "LYRICSBEGIN")
        || bytes.is(at, "ID3");
  }

  /** The byte where the tags begin that end with the file; its size when there are none. */
  static long audioEnd(ByteWindow bytes) throws SampleException {
    long end = bytes.size();
    while (true) {
      long ape = end - APE_FOOTER_BYTES;
      if (bytes.is(end - ID3V1_BYTES, "TAG")) {
        end -= ID3V1_BYTES;
      } else if (bytes.is(ape, "APETAGEX") && bytes.u32le(ape + 12) >= APE_FOOTER_BYTES) {
        // The size counts the footer, not the header.
        boolean header = bytes.u8(ape + 23) >> 7 != 0;
        end -= bytes.u32le(ape + 12) + (header ? APE_FOOTER_BYTES : 0);
      } else {
        return end;
      }
    }
  }
}
