package org.tessera.model.npy;

import java.util.Arrays;

/**
 * A dense row-major array of 32-bit floats, such as a codebook. The array is not copied: whoever
 * makes the tensor must not change it any more, and nor must a reader.
 *
 * @param shape the extents, outermost first; empty for a scalar
 * @param values the values, row-major
 */
public record FloatTensor(int[] shape, float[] values) {
  public FloatTensor {
    shape = shape.clone();
    long size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    if (size != values.length) {
      throw new IllegalArgumentException(
          "Cannot make a tensor of shape "
              + Arrays.toString(shape)
              + " from "
              + values.length
              + " values (give "
              + size
              + ")");
    }
  }

  /** A tensor of values in row-major order. */
  public static FloatTensor of(float[] values, int... shape) {
    return new FloatTensor(shape, values);
  }

  /** The number of axes. */
  public int rank() {
    return shape.length;
  }

  /** The extent of an axis; negative axes count from the end. */
  public int extent(int axis) {
    return shape[axis < 0 ? shape.length + axis : axis];
  }

  /** Equal when shape and values (bit for bit) are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof FloatTensor tensor
        && Arrays.equals(shape, tensor.shape)
        && Arrays.equals(values, tensor.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  /** The shape only. */
  @Override
  public String toString() {
    return "FloatTensor" + Arrays.toString(shape);
  }

  /** The index along each axis of a place in row-major order. */
  public static int[] index(int flat, int[] shape) {
    int[] index = new int[shape.length];
    int rest = flat;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return index;
  }
}
