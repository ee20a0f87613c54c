package org.tessera.udf.audio.decode;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Positioned reads of numbers through one buffer. Reading beyond the end is a truncated file. */
final class ByteWindow {
  /** The most bytes that {@link #bytes} gives at once; more than an Ogg page has. */
  static final int MAX_BYTES = 1 << 17;

  private final ByteSource source;
  private final String format;
  private final byte[] block = new byte[MAX_BYTES];
  private long start;
  private int length;

  ByteWindow(ByteSource source, String format) {
    this.source = source;
    this.format = format;
  }

  long size() {
    return source.size();
  }

  /** Whether {@code count} bytes stand at the position. */
  boolean has(long at, long count) {
    return at >= 0 && count <= size() - at;
  }

  /** Throws when the file ends before {@code at + count}. */
  void need(long at, long count, String where) throws SampleException {
    if (!has(at, count)) {
      throw SampleException.at(
          Phase.DECODE,
          RejectCode.TRUNCATED,
          "Cannot decode "
              + format
              + ": the file ends at byte "
              + size()
              + " inside "
              + where
              + ", which reaches to byte "
              + (at + count)
              + " (fetch the whole file again)",
          size());
    }
  }

  /** The exception for content that contradicts the format. */
  SampleException malformed(long at, String what) {
    return SampleException.at(
        Phase.DECODE,
        RejectCode.MALFORMED,
        "Cannot decode " + format + ": " + what + " at byte " + at,
        at);
  }

  /** The exception for content that is legal and that this build cannot decode. */
  SampleException unsupported(long at, String what) {
    return SampleException.at(
        Phase.DECODE,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot decode " + format + ": " + what + " (convert the file)",
        at);
  }

  int u8(long at) throws SampleException {
    if (at < start || at >= start + length) {
      fill(at);
    }
    return block[(int) (at - start)] & 0xff;
  }

  int u16le(long at) throws SampleException {
    return u8(at) | u8(at + 1) << 8;
  }

  int u16be(long at) throws SampleException {
    return u8(at) << 8 | u8(at + 1);
  }

  long u32le(long at) throws SampleException {
    return u16le(at) | (long) u16le(at + 2) << 16;
  }

  long u32be(long at) throws SampleException {
    return (long) u16be(at) << 16 | u16be(at + 2);
  }

  /** A signed 64-bit number. */
  long s64le(long at) throws SampleException {
    return u32le(at) | u32le(at + 4) << 32;
  }

  /** A signed 64-bit number. */
  long s64be(long at) throws SampleException {
    return u32be(at) << 32 | u32be(at + 4);
  }

  /** Up to {@link #MAX_BYTES} bytes, as a copy. */
  byte[] bytes(long at, int count) throws SampleException {
    need(at, count, "a header");
    if (at < start || at + count > start + length) {
      fill(at);
    }
    int from = (int) (at - start);
    return Arrays.copyOfRange(block, from, from + count);
  }

  String text(long at, int count) throws SampleException {
    return new String(bytes(at, count), StandardCharsets.ISO_8859_1);
  }

  /** Whether the text stands at the position; false beyond the end. */
  boolean is(long at, String text) throws SampleException {
    for (int i = 0; i < text.length(); i++) {
      if (!has(at + i, 1) || u8(at + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void fill(long at) throws SampleException {
    need(at, 1, "a header");
    start = at;
    length = 0;
    while (length < MAX_BYTES) {
      int count = source.read(at + length, block, length, MAX_BYTES - length);
      if (count < 0) {
        break;
      }
      length += count;
    }
    if (length == 0) {
      throw SampleException.at(
          Phase.FETCH,
          RejectCode.CHANGED,
          "Cannot decode " + format + ": the file became shorter while it was read",
          at);
    }
  }
}
