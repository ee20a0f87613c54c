package org.tessera.model.npy;

import java.util.Arrays;

/**
 * A dense row-major array of plain numbers as a {@code .npy} file holds it. The values are kept as
 * {@code byte[]} (BOOL, INT8, UINT8), {@code short[]} (INT16, UINT16), {@code int[]} (INT32,
 * UINT32), {@code long[]} (INT64), {@code float[]} (FLOAT16, FLOAT32) or {@code double[]}, not
 * copied. Thread-safe as long as nobody changes them.
 */
public final class NpyArray {
  private final NpyType type;
  private final int[] shape;
  private final Object values;

  private NpyArray(NpyType type, Object values, int... shape) {
    this.type = type;
    this.values = values;
    this.shape = shape.clone();
    long size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    int length = java.lang.reflect.Array.getLength(values);
    if (size != length) {
      throw new IllegalArgumentException(
          "Cannot make an array of shape "
              + Arrays.toString(shape)
              + " from "
              + length
              + " values (give "
              + size
              + ")");
    }
  }

  /** FLOAT32 values. */
  public static NpyArray of(float[] values, int... shape) {
    return new NpyArray(NpyType.FLOAT32, values, shape);
  }

  /** FLOAT64 values. */
  public static NpyArray of(double[] values, int... shape) {
    return new NpyArray(NpyType.FLOAT64, values, shape);
  }

  /** INT32 values. */
  public static NpyArray of(int[] values, int... shape) {
    return new NpyArray(NpyType.INT32, values, shape);
  }

  /** INT64 values. */
  public static NpyArray of(long[] values, int... shape) {
    return new NpyArray(NpyType.INT64, values, shape);
  }

  /**
   * Values of any type, in the array that holds it (see the class).
   *
   * @throws IllegalArgumentException when the array's type or length does not fit
   */
  public static NpyArray of(NpyType type, Object values, int... shape) {
    Class<?> holder =
        switch (type) {
          case BOOL, INT8, UINT8 -> byte[].class;
          case INT16, UINT16 -> short[].class;
          case INT32, UINT32 -> int[].class;
          case INT64 -> long[].class;
          case FLOAT16, FLOAT32 -> float[].class;
          case FLOAT64 -> double[].class;
        };
    if (!holder.isInstance(values)) {
      throw new IllegalArgumentException(
          "Cannot hold "
              + type
              + " in "
              + values.getClass().getSimpleName()
              + " (give "
              + holder.getSimpleName()
              + ")");
    }
    return new NpyArray(type, values, shape);
  }

  public NpyType type() {
    return type;
  }

  /** The extents, outermost first; the caller owns the returned copy. */
  public int[] shape() {
    return shape.clone();
  }

  /** The number of elements. */
  public int size() {
    return java.lang.reflect.Array.getLength(values);
  }

  /** The array that holds the values, not a copy. */
  Object values() {
    return values;
  }

  /** The values as a tensor of floats, whatever the type; 64-bit values are rounded. */
  public FloatTensor toFloatTensor() {
    if (values instanceof float[] floats) {
      return new FloatTensor(shape, floats);
    }
    float[] floats = new float[size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values instanceof double[] doubles ? (float) doubles[i] : (float) integer(i);
    }
    return new FloatTensor(shape, floats);
  }

  /** The values as doubles, whatever the type. */
  public double[] toDoubles() {
    double[] doubles = new double[size()];
    for (int i = 0; i < doubles.length; i++) {
      if (values instanceof double[] wide) {
        doubles[i] = wide[i];
      } else if (values instanceof float[] floats) {
        doubles[i] = floats[i];
      } else {
        doubles[i] = integer(i);
      }
    }
    return doubles;
  }

  /**
   * The values of an integer type.
   *
   * @throws IllegalArgumentException for floating-point types
   */
  public long[] toLongs() {
    long[] longs = new long[size()];
    for (int i = 0; i < longs.length; i++) {
      longs[i] = integer(i);
    }
    return longs;
  }

  /**
   * The values of an integer type.
   *
   * @throws IllegalArgumentException for floating-point types
   * @throws ArithmeticException when a value does not fit
   */
  public int[] toInts() {
    int[] ints = new int[size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = Math.toIntExact(integer(i));
    }
    return ints;
  }

  private long integer(int i) {
    return switch (type) {
      case BOOL, UINT8 -> ((byte[]) values)[i] & 0xff;
      case INT8 -> ((byte[]) values)[i];
      case INT16 -> ((short[]) values)[i];
      case UINT16 -> ((short[]) values)[i] & 0xffff;
      case INT32 -> ((int[]) values)[i];
      case UINT32 -> ((int[]) values)[i] & 0xffff_ffffL;
      case INT64 -> ((long[]) values)[i];
      default -> throw new IllegalArgumentException("Cannot read " + type + " as whole numbers");
    };
  }

  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
