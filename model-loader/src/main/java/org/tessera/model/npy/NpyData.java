package org.tessera.model.npy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The numbers behind a {@code .npy} header, in bounded chunks. */
final class NpyData {
  private static final int CHUNK = 1 << 16;

  private NpyData() {}

  static NpyArray read(InputStream in, NpyHeader header, String name) throws IOException {
    long size;
    try {
      size = header.size();
    } catch (ArithmeticException e) {
      size = Long.MAX_VALUE;
    }
    if (size > Integer.MAX_VALUE - 8) {
      throw new NpyException(
          "Cannot read " + name + ": more than 2^31 elements (split the array into several files)");
    }
    Object values = read(in, header, (int) size, name);
    if (header.fortranOrder() && header.shape().length > 1) {
      values = toRowMajor(values, header.shape());
    }
    return NpyArray.of(header.type(), values, header.shape());
  }

  /** Reads as it goes, so that a header that promises too much costs no memory. */
  private static Object read(InputStream in, NpyHeader header, int size, String name)
      throws IOException {
    int bytes = header.type().bytes();
    int perChunk = CHUNK / bytes;
    Object values = allocate(header.type(), Math.min(size, perChunk * 256));
    byte[] chunk = new byte[CHUNK];
    ByteBuffer buffer =
        ByteBuffer.wrap(chunk)
            .order(header.bigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < size; ) {
      int count = Math.min(perChunk, size - done);
      if (in.readNBytes(chunk, 0, count * bytes) < count * bytes) {
        throw new NpyException(
            "Cannot read " + name + ": it ends before its " + size + " elements (copy it again)");
      }
      int capacity = java.lang.reflect.Array.getLength(values);
      if (done + count > capacity) {
        Object larger = allocate(header.type(), (int) Math.min(size, capacity * 2L));
        System.arraycopy(values, 0, larger, 0, done);
        values = larger;
      }
      decode(buffer, header.type(), values, done, count);
      done += count;
    }
    return values;
  }

  private static Object allocate(NpyType type, int size) {
    return switch (type) {
      case BOOL, INT8, UINT8 -> new byte[size];
      case INT16, UINT16 -> new short[size];
      case INT32, UINT32 -> new int[size];
      case INT64 -> new long[size];
      case FLOAT16, FLOAT32 -> new float[size];
      case FLOAT64 -> new double[size];
    };
  }

  private static void decode(ByteBuffer buffer, NpyType type, Object values, int at, int count) {
    switch (type) {
      case BOOL, INT8, UINT8 -> buffer.get(0, (byte[]) values, at, count);
      case INT16, UINT16 -> buffer.asShortBuffer().get(0, (short[]) values, at, count);
      case INT32, UINT32 -> buffer.asIntBuffer().get(0, (int[]) values, at, count);
      case INT64 -> buffer.asLongBuffer().get(0, (long[]) values, at, count);
      case FLOAT32 -> buffer.asFloatBuffer().get(0, (float[]) values, at, count);
      case FLOAT64 -> buffer.asDoubleBuffer().get(0, (double[]) values, at, count);
      case FLOAT16 -> {
        for (int i = 0; i < count; i++) {
          ((float[]) values)[at + i] = Float16.toFloat(buffer.getShort(2 * i));
        }
      }
    }
  }

  static void write(OutputStream out, NpyArray array) throws IOException {
    int bytes = array.type().bytes();
    int perChunk = CHUNK / bytes;
    byte[] chunk = new byte[CHUNK];
    ByteBuffer buffer = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    int size = array.size();
    for (int done = 0; done < size; ) {
      int count = Math.min(perChunk, size - done);
      encode(buffer, array, done, count);
      out.write(chunk, 0, count * bytes);
      done += count;
    }
  }

  private static void encode(ByteBuffer buffer, NpyArray array, int from, int count) {
    Object values = array.values();
    switch (array.type()) {
      case BOOL, INT8, UINT8 -> buffer.put(0, (byte[]) values, from, count);
      case INT16, UINT16 -> buffer.asShortBuffer().put(0, (short[]) values, from, count);
      case INT32, UINT32 -> buffer.asIntBuffer().put(0, (int[]) values, from, count);
      case INT64 -> buffer.asLongBuffer().put(0, (long[]) values, from, count);
      case FLOAT32 -> buffer.asFloatBuffer().put(0, (float[]) values, from, count);
      case FLOAT64 -> buffer.asDoubleBuffer().put(0, (double[]) values, from, count);
      case FLOAT16 -> {
        for (int i = 0; i < count; i++) {
          buffer.putShort(2 * i, Float16.toBits(((float[]) values)[from + i]));
        }
      }
    }
  }

  /** From column-major to row-major. */
  private static Object toRowMajor(Object values, int[] shape) {
    int size = java.lang.reflect.Array.getLength(values);
    Object result = java.lang.reflect.Array.newInstance(values.getClass().getComponentType(), size);
    int[] index = new int[shape.length];
    for (int to = 0; to < size; to++) {
      int from = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from = from * shape[axis] + index[axis];
      }
      System.arraycopy(values, from, result, to, 1);
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        if (++index[axis] < shape[axis]) {
          break;
        }
        index[axis] = 0;
      }
    }
    return result;
  }
}
