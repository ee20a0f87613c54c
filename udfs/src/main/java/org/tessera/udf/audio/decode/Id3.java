package org.tessera.udf.audio.decode;

/** ID3v2 tags, which stand before the audio of MP3, AAC and some FLAC files. */
final class Id3 {
  /** Bytes of a tag's header. */
  static final int HEADER = 10;

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
  static long audioStart(ByteWindow bytes) throws org.tessera.udf.sample.SampleException {
    long at = 0;
    while (bytes.has(at, HEADER) && bytes.is(at, "ID3")) {
      at = at + end(bytes.bytes(at, HEADER), 0);
      bytes.need(0, at, "its ID3 tag");
    }
    return at;
  }
}
