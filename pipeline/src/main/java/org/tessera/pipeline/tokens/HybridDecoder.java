package org.tessera.pipeline.tokens;

import org.apache.parquet.column.values.bitpacking.BytePacker;
import org.apache.parquet.column.values.bitpacking.Packer;

/**
 * Decodes Parquet's hybrid of run-length and bit-packed numbers, whole pages at a time. Not
 * thread-safe.
 */
final class HybridDecoder {
  private static final int GROUP = 8;
  private static final int BLOCK = 32;

  private byte[] bytes;
  private int position;
  private int end;

  /** Decodes {@code count} numbers of {@code width} bits into {@code out}, from index 0. */
  void decode(byte[] source, int from, int to, int width, int[] out, int count) {
    bytes = source;
    position = from;
    end = to;
    if (width == 0) {
      java.util.Arrays.fill(out, 0, count, 0);
      return;
    }
    if (width < 0 || width > 32) {
      throw new IllegalArgumentException(
          "Cannot decode numbers of " + width + " bits (the page is damaged)");
    }
    BytePacker packer = Packer.LITTLE_ENDIAN.newBytePacker(width);
    int done = 0;
    while (done < count) {
      int header = varint();
      if ((header & 1) == 0) {
        int run = Math.min(header >>> 1, count - done);
        if (run == 0) {
          throw damaged();
        }
        java.util.Arrays.fill(out, done, done + run, value((width + 7) / 8));
        done += run;
      } else {
        done = unpack(packer, header >>> 1, width, out, done, count);
      }
    }
  }

  /** Bit-packed groups of eight; the last group may be cut by the end of the page. */
  private int unpack(BytePacker packer, int groups, int width, int[] out, int start, int count) {
    int done = start;
    int left = groups;
    if (left == 0) {
      throw damaged();
    }
    while (left >= BLOCK / GROUP
        && done + BLOCK <= count
        && position + BLOCK / GROUP * width <= end) {
      packer.unpack32Values(bytes, position, out, done);
      position += BLOCK / GROUP * width;
      done += BLOCK;
      left -= BLOCK / GROUP;
    }
    int[] last = new int[GROUP];
    byte[] group = new byte[width];
    while (left > 0 && done < count) {
      int there = Math.min(width, end - position);
      int wanted = Math.min(GROUP, count - done);
      if (there * 8L < (long) wanted * width) {
        throw damaged();
      }
      java.util.Arrays.fill(group, (byte) 0);
      System.arraycopy(bytes, position, group, 0, there);
      packer.unpack8Values(group, 0, last, 0);
      System.arraycopy(last, 0, out, done, wanted);
      position += there;
      done += wanted;
      left--;
    }
    position = Math.min(end, position + left * width);
    return done;
  }

  private int value(int size) {
    if (position + size > end) {
      throw damaged();
    }
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes[position++] & 0xff) << 8 * i;
    }
    return value;
  }

  private int varint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (position >= end) {
        throw damaged();
      }
      int next = bytes[position++];
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  private IllegalArgumentException damaged() {
    return new IllegalArgumentException(
        "Cannot decode a page: it ends at byte " + position + " of " + end + " (it is damaged)");
  }
}
