package org.tessera.pipeline.export;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;

/** The width of ids on disk, little-endian. */
public enum IdType {
  UINT8("|u1", 1, 1, 255),
  INT16("<i2", 2, 3, 32767),
  UINT16("<u2", 2, 8, 65535),
  INT32("<i4", 4, 4, Integer.MAX_VALUE),
  INT64("<i8", 8, 5, Integer.MAX_VALUE);

  /** The vocabulary size from which Megatron's reader expects 32 bits. */
  public static final int MEGATRON_WIDE = 65500;

  private final String numpy;
  private final int bytes;
  private final int megatronCode;
  private final int largest;

  IdType(String numpy, int bytes, int megatronCode, int largest) {
    this.numpy = numpy;
    this.bytes = bytes;
    this.megatronCode = megatronCode;
    this.largest = largest;
  }

  /** The narrowest unsigned type for ids up to {@code largest}; signed from 32 bits on. */
  public static IdType of(int largest) {
    checkId(largest);
    return largest <= UINT8.largest ? UINT8 : largest <= UINT16.largest ? UINT16 : INT32;
  }

  /** The narrowest signed type of at least 16 bits for ids up to {@code largest}. */
  public static IdType signed(int largest) {
    checkId(largest);
    return largest <= INT16.largest ? INT16 : INT32;
  }

  /**
   * What Megatron's reader takes for a vocabulary: 16 bits below 65500 ids (its {@code
   * DType.optimal_dtype}), else 32.
   */
  public static IdType megatron(long vocabularySize) {
    return vocabularySize < MEGATRON_WIDE ? UINT16 : INT32;
  }

  /**
   * The type of a name.
   *
   * @throws IllegalArgumentException for an unknown name, listing the known ones
   */
  public static IdType named(String id) {
    return Arrays.stream(values())
        .filter(type -> type.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot write ids as "
                        + id
                        + " (choose one of "
                        + String.join(", ", Arrays.stream(values()).map(IdType::id).toList())
                        + ")"));
  }

  private static void checkId(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("Cannot write id " + id + " (ids are at least 0)");
    }
  }

  /** NumPy's name, e.g. {@code uint16}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** NumPy's type string, e.g. {@code <u2}. */
  public String numpy() {
    return numpy;
  }

  /** Bytes of one id. */
  public int bytes() {
    return bytes;
  }

  /** The code in the header of a Megatron index. */
  public int megatronCode() {
    return megatronCode;
  }

  /** The largest id. */
  public int largest() {
    return largest;
  }

  /**
   * Checks that a vocabulary fits.
   *
   * @throws IllegalArgumentException when its largest id does not
   */
  public void check(int largestId) {
    if (largestId > largest) {
      throw new IllegalArgumentException(
          "Cannot write ids up to "
              + largestId
              + " as "
              + id()
              + ": it ends at "
              + largest
              + " (choose a wider type, or none)");
    }
  }

  /** Puts an id, which must fit, at the buffer's position. */
  public void put(ByteBuffer buffer, int id) {
    switch (this) {
      case UINT8 -> buffer.put((byte) id);
      case INT16, UINT16 -> buffer.putShort((short) id);
      case INT32 -> buffer.putInt(id);
      case INT64 -> buffer.putLong(id);
    }
  }
}
