package org.tessera.udf.points.read;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.SampleException;

/**
 * A window that moves forward over a source. Readers ask for a number of bytes to be there, then
 * read them from {@link #array} at {@link #at}. Small sources are one window, without a copy. Not
 * thread-safe.
 */
final class Bytes {
  /** Sources up to this size are read whole. */
  private static final int WHOLE = 16 << 20;

  private static final int WINDOW = 1 << 20;

  private static final VarHandle I16 = view(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle I16_BIG = view(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle I32 = view(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle I32_BIG = view(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle I64 = view(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle I64_BIG = view(long[].class, ByteOrder.BIG_ENDIAN);

  private final ByteSource source;
  private final String format;
  private final Deadline deadline;
  private final long size;
  private final int window;
  private byte[] array;
  private long base;
  private int at;
  private int end;

  Bytes(ByteSource source, String format, Deadline deadline) throws SampleException {
    this(source, format, deadline, WHOLE, WINDOW);
  }

  /**
   * A window over a source.
   *
   * @param whole sources up to this size are one window
   * @param window the size of others; it grows when more must lie together
   */
  Bytes(ByteSource source, String format, Deadline deadline, int whole, int window)
      throws SampleException {
    this.source = source;
    this.format = format;
    this.deadline = deadline;
    this.size = source.size();
    this.window = window;
    if (size <= whole) {
      array = source.readAll(whole);
      end = array.length;
    } else {
      array = new byte[window];
    }
  }

  private static VarHandle view(Class<?> type, ByteOrder order) {
    return MethodHandles.byteArrayViewVarHandle(type, order);
  }

  /** The format's name, for messages. */
  String format() {
    return format;
  }

  /** The bytes of the source. */
  long size() {
    return size;
  }

  /** The offset in the source of the next byte. */
  long position() {
    return base + at;
  }

  /** The offset in the source of a place in {@link #array}. */
  long offset(int index) {
    return base + index;
  }

  long remaining() {
    return size - position();
  }

  /** The window; it changes with every call that moves. */
  byte[] array() {
    return array;
  }

  /** Where in {@link #array} the next byte is. */
  int at() {
    return at;
  }

  /** Where in {@link #array} the window ends. */
  int end() {
    return end;
  }

  /** Moves past bytes that are in the window. */
  void skip(int count) {
    at += count;
  }

  /**
   * Makes the next bytes lie in the window.
   *
   * @param what the thing that is read, for the message
   * @throws SampleException when the source ends before
   */
  void need(int count, String what) throws SampleException {
    if (end - at < count && !fill(count)) {
      throw Bad.truncated(format, "it ends inside " + what + " (" + count + " bytes wanted)", size);
    }
  }

  /**
   * Makes at least one record lie in the window.
   *
   * @return how many whole records lie there, at most {@code most}
   */
  int records(int length, long most, String what) throws SampleException {
    need(length, what);
    if (most > 1 && end - at < 2L * length) {
      fill((int) Math.max(length, Math.min(remaining(), window / length * (long) length)));
    }
    return (int) Math.min(most, (end - at) / length);
  }

  /** Fills the window; false when the source ends before {@code count} bytes. */
  boolean fill(int count) throws SampleException {
    deadline.check(Phase.DECODE);
    if (remaining() < count) {
      count = (int) remaining();
      load(count);
      return false;
    }
    load(count);
    return true;
  }

  private void load(int count) throws SampleException {
    int kept = end - at;
    if (kept >= count) {
      return;
    }
    byte[] target = count > array.length ? new byte[count] : array;
    System.arraycopy(array, at, target, 0, kept);
    base += at;
    at = 0;
    end = kept;
    array = target;
    while (end < array.length) {
      int got = source.read(base + end, array, end, array.length - end);
      if (got < 0) {
        break;
      }
      end += got;
    }
  }

  /** Moves to an offset, forward or back. */
  void seek(long position) throws SampleException {
    if (position < 0 || position > size) {
      throw Bad.truncated(format, "it points to byte " + position + " of " + size, position());
    }
    if (position >= base && position <= base + end) {
      at = (int) (position - base);
      return;
    }
    base = position;
    at = 0;
    end = 0;
  }

  int u8() throws SampleException {
    need(1, "the header");
    return array[at++] & 0xff;
  }

  int u16() throws SampleException {
    need(2, "the header");
    at += 2;
    return u16(array, at - 2);
  }

  int i32() throws SampleException {
    need(4, "the header");
    at += 4;
    return i32(array, at - 4);
  }

  long u32() throws SampleException {
    return Integer.toUnsignedLong(i32());
  }

  long i64() throws SampleException {
    need(8, "the header");
    at += 8;
    return i64(array, at - 8);
  }

  double f64() throws SampleException {
    return Double.longBitsToDouble(i64());
  }

  static int u16(byte[] bytes, int index) {
    return Short.toUnsignedInt((short) I16.get(bytes, index));
  }

  static int u16Big(byte[] bytes, int index) {
    return Short.toUnsignedInt((short) I16_BIG.get(bytes, index));
  }

  static int i32(byte[] bytes, int index) {
    return (int) I32.get(bytes, index);
  }

  static int i32Big(byte[] bytes, int index) {
    return (int) I32_BIG.get(bytes, index);
  }

  static long i64(byte[] bytes, int index) {
    return (long) I64.get(bytes, index);
  }

  static long i64Big(byte[] bytes, int index) {
    return (long) I64_BIG.get(bytes, index);
  }

  static float f32(byte[] bytes, int index) {
    return Float.intBitsToFloat((int) I32.get(bytes, index));
  }

  static double f64(byte[] bytes, int index) {
    return Double.longBitsToDouble((long) I64.get(bytes, index));
  }
}
