package org.tessera.udf.image.codec;

import org.tessera.udf.sample.SampleException;

/**
 * TIFF's LZW: codes of 9 to 12 bits, high bit first, widened one code early; or, in files of before
 * TIFF 5.0 that libtiff also knows by their first code, low bit first and widened in time.
 */
final class TiffLzw {
  private static final int CLEAR = 256;
  private static final int END = 257;
  private static final int TABLE = 4096;

  private TiffLzw() {}

  /**
   * Fills {@code target} from compressed bytes.
   *
   * @return how many bytes were there; fewer than asked for when the data end early
   */
  static int decode(byte[] b, int from, int end, byte[] target) throws SampleException {
    int[] prefix = new int[TABLE];
    byte[] suffix = new byte[TABLE];
    int[] length = new int[TABLE];
    for (int i = 0; i < CLEAR; i++) {
      suffix[i] = (byte) i;
      length[i] = 1;
    }
    boolean old = end - from > 1 && b[from] == 0 && (b[from + 1] & 1) != 0;
    int early = old ? 0 : 1;
    int at = from;
    int bits = 0;
    int held = 0;
    int width = 9;
    int next = END + 1;
    int previous = -1;
    int done = 0;
    while (done < target.length) {
      while (held < width && at < end) {
        bits = old ? bits | Bytes.u8(b, at++) << held : bits << 8 | Bytes.u8(b, at++);
        held += 8;
      }
      if (held < width) {
        return done;
      }
      int code = (old ? bits : bits >>> (held - width)) & ((1 << width) - 1);
      held -= width;
      bits = old ? bits >>> width : bits & ((1 << held) - 1);
      if (code == END) {
        return done;
      }
      if (code == CLEAR) {
        width = 9;
        next = END + 1;
        previous = -1;
        continue;
      }
      if (code > next || code == next && previous < 0 || previous < 0 && code > END) {
        throw Faults.malformed(ImageFormat.TIFF, "an LZW code that was not defined", at);
      }
      if (previous >= 0 && next < TABLE) {
        prefix[next] = previous;
        length[next] = length[previous] + 1;
        suffix[next] = first(code == next ? previous : code, prefix, length, suffix);
        next++;
      } else if (code >= next) {
        throw Faults.malformed(ImageFormat.TIFF, "an LZW table that is full", at);
      }
      done = write(code, prefix, length, suffix, target, done);
      previous = code;
      if (next >= (1 << width) - early && width < 12) {
        width++;
      }
    }
    return done;
  }

  private static byte first(int code, int[] prefix, int[] length, byte[] suffix) {
    int walk = code;
    while (length[walk] > 1) {
      walk = prefix[walk];
    }
    return suffix[walk];
  }

  private static int write(
      int code, int[] prefix, int[] length, byte[] suffix, byte[] target, int at) {
    int end = at + length[code];
    int walk = code;
    for (int i = end - 1; i >= at; i--) {
      if (i < target.length) {
        target[i] = suffix[walk];
      }
      walk = prefix[walk];
    }
    return Math.min(end, target.length);
  }
}
