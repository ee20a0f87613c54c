package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Unsigned numbers of seven bits a byte, lowest first. */
final class Varints {
  private Varints() {}

  static void write(DataOutput out, long value) throws IOException {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.writeByte((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.writeByte((int) rest);
  }

  static long read(DataInput in) throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      long next = in.readByte();
      value |= (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IOException("Cannot read a number: it has more than 64 bits");
  }
}
