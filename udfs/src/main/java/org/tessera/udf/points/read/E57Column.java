package org.tessera.udf.points.read;

import java.util.Arrays;

/**
 * The values of one field of a scan. Its bytes come in pieces, packet by packet, and are one stream
 * of values of equal width in bits, lowest bit first. Not thread-safe.
 */
final class E57Column {
  private final E57Scan.Field field;
  private final int bits;
  private final long most;
  private byte[] pending = new byte[0];
  private int bytes;
  private long firstBit;
  private double[] values = new double[0];
  private int count;

  /**
   * @param most how many values the scan has
   */
  E57Column(E57Scan.Field field, long most) {
    this.field = field;
    this.bits = field.bits();
    this.most = most;
  }

  /** How many values have come. */
  long count() {
    return bits == 0 ? most : count;
  }

  /** Whether all values are the same and take no bytes. */
  boolean isConstant() {
    return bits == 0;
  }

  double value(int index) {
    return bits == 0 ? decoded(0) : values[index];
  }

  /** Makes room for more bytes and returns where they go; then comes {@link #added}. */
  byte[] room(int more) {
    // Whole bytes that have been decoded are dropped.
    int done = (int) (firstBit / 8);
    System.arraycopy(pending, done, pending, 0, bytes - done);
    bytes -= done;
    firstBit -= 8L * done;
    if (pending.length < bytes + more + 8) {
      pending = Arrays.copyOf(pending, bytes + more + 8);
    }
    return pending;
  }

  /** Where in {@link #room}'s array the new bytes go. */
  int end() {
    return bytes;
  }

  /** Decodes what the new bytes complete. */
  void added(int more) {
    bytes += more;
    Arrays.fill(pending, bytes, Math.min(pending.length, bytes + 8), (byte) 0);
    if (bits == 0) {
      bytes = 0;
      return;
    }
    long whole = Math.min((8L * bytes - firstBit) / bits, most - count);
    if (count + whole > values.length) {
      values =
          Arrays.copyOf(
              values,
              (int) Math.min(most, Math.max(count + whole, values.length + (values.length >> 1))));
    }
    for (long i = 0; i < whole; i++) {
      values[count++] = decoded(raw());
      firstBit += bits;
    }
  }

  private long raw() {
    int at = (int) (firstBit >>> 3);
    int shift = (int) (firstBit & 7);
    long low = Bytes.i64(pending, at) >>> shift;
    if (shift > 0 && bits > 64 - shift) {
      low |= (pending[at + 8] & 0xffL) << (64 - shift);
    }
    return bits == 64 ? low : low & ((1L << bits) - 1);
  }

  private double decoded(long raw) {
    return switch (field.kind()) {
      case SINGLE -> Float.intBitsToFloat((int) raw);
      case DOUBLE -> Double.longBitsToDouble(raw);
      case INTEGER -> field.minimum() + raw;
      case SCALED -> (field.minimum() + raw) * field.scale() + field.shift();
    };
  }
}
