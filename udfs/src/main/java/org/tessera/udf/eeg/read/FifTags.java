package org.tessera.udf.eeg.read;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.SampleException;

/**
 * Walks over the tags of a FIF file, in order: kind, type, size and place of the next one, 32-bit
 * big-endian each, then the data. Blocks nest by start and end tags. Not thread-safe.
 */
final class FifTags {
  static final int BLOCK_START = 104;
  static final int BLOCK_END = 105;
  private static final int HEADER = 16;
  private static final int DEEPEST = 64;

  private final ByteSource source;
  private final Deque<Integer> blocks = new ArrayDeque<>();
  private final byte[] header = new byte[HEADER];
  private long next;
  private boolean last;
  private long at;
  private int kind;
  private int type;
  private int size;

  FifTags(ByteSource source) {
    this.source = source;
  }

  /** Goes to the next tag; false after the last. Block tags are followed, not reported. */
  boolean advance() throws SampleException {
    while (!last && next < source.size()) {
      at = next;
      Faults.readFully(source, at, header, HEADER, "a FIF tag");
      ByteBuffer fields = ByteBuffer.wrap(header);
      kind = fields.getInt();
      type = fields.getInt();
      size = fields.getInt();
      int after = fields.getInt();
      if (size < 0) {
        throw Faults.malformed(
            "Cannot read FIF: a tag of kind " + kind + " has " + size + " bytes", at + 8);
      }
      if (dataAt() + size > source.size()) {
        throw Faults.truncated(
            "Cannot read FIF: the tag at "
                + at
                + " of kind "
                + kind
                + " has "
                + size
                + " bytes and the file ends at "
                + source.size(),
            source.size());
      }
      last = after == -1;
      next = after > 0 ? Integer.toUnsignedLong(after) : dataAt() + size;
      if (next <= at) {
        throw Faults.malformed(
            "Cannot read FIF: the tag at " + at + " is followed by the one at " + next, at + 12);
      }
      if (kind == BLOCK_START) {
        enter();
      } else if (kind == BLOCK_END) {
        if (blocks.pollFirst() == null) {
          throw Faults.malformed("Cannot read FIF: a block ends that did not start", at);
        }
      } else {
        return true;
      }
    }
    return false;
  }

  private void enter() throws SampleException {
    if (blocks.size() >= DEEPEST) {
      throw Faults.malformed("Cannot read FIF: blocks are nested deeper than " + DEEPEST, at);
    }
    blocks.addFirst(ints(1)[0]);
  }

  /** Where the tag stands. */
  long at() {
    return at;
  }

  long dataAt() {
    return at + HEADER;
  }

  int kind() {
    return kind;
  }

  int type() {
    return type;
  }

  int size() {
    return size;
  }

  /** The innermost open block, or 0. */
  int block() {
    return blocks.isEmpty() ? 0 : blocks.peekFirst();
  }

  /** Whether a block is open, at any depth. */
  boolean within(int block) {
    return blocks.contains(block);
  }

  /** The first {@code length} bytes of the data. */
  ByteBuffer bytes(int length) throws SampleException {
    if (size < length) {
      throw Faults.malformed(
          "Cannot read FIF: the tag of kind " + kind + " has " + size + " bytes, not " + length,
          at + 8);
    }
    return ByteBuffer.wrap(Faults.readFully(source, dataAt(), length, "FIF data"));
  }

  int[] ints(int count) throws SampleException {
    int[] values = new int[count];
    bytes(4 * count).asIntBuffer().get(values);
    return values;
  }

  /** All numbers of a tag of floats or doubles. */
  double[] numbers(int most) throws SampleException {
    int width = (type & 0xfff) == 5 ? 8 : 4;
    int count = size / width;
    if (count > most) {
      throw Faults.tooLarge("Cannot hold " + count + " numbers of the FIF tag of kind " + kind, at);
    }
    ByteBuffer data = bytes(count * width);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = width == 8 ? data.getDouble() : data.getFloat();
    }
    return values;
  }

  String text(int most) throws SampleException {
    if (size > most) {
      throw Faults.tooLarge(
          "Cannot hold a text of " + size + " bytes in the FIF tag of kind " + kind, at);
    }
    return new String(bytes(size).array(), ISO_8859_1);
  }
}
