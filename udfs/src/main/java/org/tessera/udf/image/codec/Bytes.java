package org.tessera.udf.image.codec;

import java.nio.charset.StandardCharsets;

/** Numbers in byte arrays. Callers check the bounds. */
final class Bytes {
  private Bytes() {}

  static int u8(byte[] b, int at) {
    return b[at] & 0xff;
  }

  static int u16be(byte[] b, int at) {
    return u8(b, at) << 8 | u8(b, at + 1);
  }

  static int u16le(byte[] b, int at) {
    return u8(b, at) | u8(b, at + 1) << 8;
  }

  static long u32be(byte[] b, int at) {
    return (long) u16be(b, at) << 16 | u16be(b, at + 2);
  }

  static long u32le(byte[] b, int at) {
    return u16le(b, at) | (long) u16le(b, at + 2) << 16;
  }

  static int i32le(byte[] b, int at) {
    return (int) u32le(b, at);
  }

  /** Whether the bytes from {@code at} are these Latin-1 characters; false past the end. */
  static boolean matches(byte[] b, int at, String text) {
    if (at < 0 || at + text.length() > b.length) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (u8(b, at + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static String latin1(byte[] b, int from, int to) {
    return new String(b, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
