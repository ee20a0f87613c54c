package org.tessera.model.engine;

/**
 * A dense row-major array in the engine's native memory. Not thread-safe. Whoever received it from
 * {@link ModelSession#allocate} or {@link ModelSession#run} closes it; access after close is an
 * error.
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

  /** Copies floats to element {@code index} and on; only for {@link ElementType#FLOAT32}. */
  void write(long index, float[] source, int offset, int length);

  /** Copies ints to element {@code index} and on; only for {@link ElementType#INT32}. */
  void write(long index, int[] source, int offset, int length);

  /** Copies bytes to element {@code index} and on; only for {@link ElementType#UINT8}. */
  void write(long index, byte[] source, int offset, int length);

  /** Copies floats out; only for {@link ElementType#FLOAT32}. */
  void read(long index, float[] target, int offset, int length);

  /**
   * Copies ids out as ints; for {@link ElementType#INT32} and {@link ElementType#INT64}.
   *
   * @throws ArithmeticException when a 64-bit value does not fit an int
   */
  void read(long index, int[] target, int offset, int length);

  /** Copies bytes out; only for {@link ElementType#UINT8}. */
  void read(long index, byte[] target, int offset, int length);

  @Override
  void close();
}
