package org.tessera.udf.points.read;

/**
 * Decompression of LZF as liblzf and PCL write it: control bytes below 32 announce literals, others
 * a copy of 3 to 264 bytes from up to 8 KB back.
 */
final class Lzf {
  /** No three bytes stand for more. */
  static final int MOST_RATIO = 88;

  private Lzf() {}

  /**
   * Fills the target.
   *
   * @return -1 when exactly {@code target.length} bytes came out of exactly the input's; else where
   *     in the input it went wrong
   */
  static int decompress(byte[] source, int from, int to, byte[] target) {
    int in = from;
    int out = 0;
    while (in < to) {
      int mark = in;
      int control = source[in++] & 0xff;
      if (control < 32) {
        int length = control + 1;
        if (length > to - in || length > target.length - out) {
          return mark;
        }
        System.arraycopy(source, in, target, out, length);
        in += length;
        out += length;
        continue;
      }
      int length = control >>> 5;
      if (length == 7) {
        if (in >= to) {
          return mark;
        }
        length += source[in++] & 0xff;
      }
      length += 2;
      if (in >= to) {
        return mark;
      }
      int back = out - ((control & 31) << 8) - (source[in++] & 0xff) - 1;
      if (back < 0 || length > target.length - out) {
        return mark;
      }
      for (int i = 0; i < length; i++) {
        target[out++] = target[back++];
      }
    }
    return out == target.length ? -1 : to;
  }
}
