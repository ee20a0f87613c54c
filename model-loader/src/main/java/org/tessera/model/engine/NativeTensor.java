package org.tessera.model.engine;

/**
 * A dense row-major array in the engine's native memory. Not thread-safe. Whoever received it from
 * {@link ModelSession#allocate} or {@link ModelSession#run} closes it; access after close is an
 * {@link IllegalStateException}, a range outside it an {@link IndexOutOfBoundsException} and a
 * wrong element type an {@link IllegalArgumentException}.
 */
public interface NativeTensor extends AutoCloseable {
  ElementType type();

  /** The extents, outermost first; the caller owns the returned copy. */
  long[] shape();

  /** The number of elements. */
  default long size() {
    long size = 1;
    for (long extent : shape()) {
      size *= extent;
    }
    return size;
  }

  /**
   * Copies floats to element {@code index} and on; for floating types, rounding to nearest where
   * the type is narrower.
   */
  void write(long index, float[] source, int offset, int length);

  /**
   * Copies ints to element {@code index} and on; for integral types.
   *
   * @throws ArithmeticException when a value does not fit the type
   */
  void write(long index, int[] source, int offset, int length);

  /** Copies bytes to element {@code index} and on; for types of one byte. */
  void write(long index, byte[] source, int offset, int length);

  /** Copies floats out; for floating types, rounding to nearest where the type is wider. */
  void read(long index, float[] target, int offset, int length);

  /**
   * Copies ids out as ints; for integral types.
   *
   * @throws ArithmeticException when a 64-bit value does not fit an int
   */
  void read(long index, int[] target, int offset, int length);

  /** Copies bytes out; for types of one byte. */
  void read(long index, byte[] target, int offset, int length);

  @Override
  void close();
}
