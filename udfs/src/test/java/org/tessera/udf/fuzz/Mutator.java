package org.tessera.udf.fuzz;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages files in the ways in which files get damaged, or are damaged on purpose. */
final class Mutator {
  private static final long[] NUMBERS = {
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0x7fffffffL,
    0x80000000L,
    0xfffffffeL,
    0xffffffffL
  };

  /** Headers are short and matter most: half of all positions lie in the first bytes. */
  private static final int HEADER = 256;

  private final Random random;

  Mutator(long seed) {
    this.random = new Random(seed);
  }

  /** A changed copy of one of the seeds; may be empty. */
  byte[] mutate(List<byte[]> seeds) {
    byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
    int changes = 1 + random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes = change(bytes, seeds);
    }
    return bytes;
  }

  private byte[] change(byte[] bytes, List<byte[]> seeds) {
    int at = position(bytes);
    return switch (random.nextInt(10)) {
      case 0, 1 -> flip(bytes, at);
      case 2 -> set(bytes, at, random.nextInt(256));
      case 3, 4 -> number(bytes, at);
      case 5 -> Arrays.copyOf(bytes, at);
      case 6 -> remove(bytes, at);
      case 7 -> repeat(bytes, at);
      case 8 -> splice(bytes, at, seeds.get(random.nextInt(seeds.size())));
      default -> fill(bytes, at);
    };
  }

  private int position(byte[] bytes) {
    int bound = random.nextBoolean() ? Math.min(HEADER, bytes.length) : bytes.length;
    return random.nextInt(bound);
  }

  private byte[] flip(byte[] bytes, int at) {
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    return bytes;
  }

  private static byte[] set(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
    return bytes;
  }

  /** Writes a number at the edge of some type, in one to eight bytes of either order. */
  private byte[] number(byte[] bytes, int at) {
    long value = NUMBERS[random.nextInt(NUMBERS.length)];
    int size = 1 << random.nextInt(4);
    boolean big = random.nextBoolean();
    for (int i = 0; i < size && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >> (8 * (big ? size - 1 - i : i)));
    }
    return bytes;
  }

  private byte[] remove(byte[] bytes, int at) {
    int end = Math.min(bytes.length, at + 1 + random.nextInt(64));
    return join(bytes, at, bytes, end);
  }

  private byte[] repeat(byte[] bytes, int at) {
    int from = Math.max(0, at - 1 - random.nextInt(64));
    return join(bytes, at, bytes, from);
  }

  private byte[] splice(byte[] bytes, int at, byte[] other) {
    return other.length == 0 ? bytes : join(bytes, at, other, random.nextInt(other.length));
  }

  private static byte[] join(byte[] head, int headEnd, byte[] tail, int tailStart) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(head, 0, headEnd);
    out.write(tail, tailStart, tail.length - tailStart);
    return out.toByteArray();
  }

  private byte[] fill(byte[] bytes, int at) {
    int end = Math.min(bytes.length, at + 1 + random.nextInt(32));
    Arrays.fill(bytes, at, end, (byte) (random.nextBoolean() ? 0 : 0xff));
    return bytes;
  }
}
