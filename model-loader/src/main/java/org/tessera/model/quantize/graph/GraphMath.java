package org.tessera.model.quantize.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;
import org.tessera.model.quantize.kernel.Norms;

/** Small pieces of graphs. */
public final class GraphMath {
  private GraphMath() {}

  /** A constant of any shape. */
  public static Operand<TFloat32> constant(Ops tf, float[] values, int... shape) {
    long[] extents = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      extents[i] = shape[i];
    }
    return tf.constant(Shape.of(extents), DataBuffers.of(values, true, false));
  }

  /** Divides each row of {@code [rows, D]} by its Euclidean norm, or by 1e-12 if that is larger. */
  public static Operand<TFloat32> normalise(Ops tf, Operand<TFloat32> rows) {
    Operand<TFloat32> norm =
        tf.math.sqrt(tf.reduceSum(tf.math.square(rows), tf.constant(1), ReduceSum.keepDims(true)));
    return tf.math.div(rows, tf.math.maximum(norm, tf.constant(Norms.EPSILON)));
  }

  /** The mean square of each row: {@code [rows, D]} to {@code [rows]}. */
  public static Operand<TFloat32> meanSquare(Ops tf, Operand<TFloat32> rows) {
    return tf.math.mean(tf.math.square(rows), tf.constant(1));
  }

  /** Columns of a matrix. */
  public static <T extends TType> Operand<T> columns(
      Ops tf, Operand<T> matrix, int from, int count) {
    return tf.slice(matrix, tf.constant(new int[] {0, from}), tf.constant(new int[] {-1, count}));
  }

  /** One column of a matrix as a vector. */
  public static <T extends TType> Operand<T> column(Ops tf, Operand<T> matrix, int column) {
    return tf.squeeze(columns(tf, matrix, column, 1), Squeeze.axis(1L));
  }

  /** A reshape to known extents; one may be -1. */
  public static <T extends TType> Operand<T> reshape(Ops tf, Operand<T> operand, int... shape) {
    return tf.reshape(operand, tf.constant(shape));
  }

  /** Digits to numbers: {@code [..., n]} times a basis, added up over the last axis. */
  public static Operand<TInt32> pack(Ops tf, Operand<TInt32> digits, int[] basis, int axis) {
    return tf.reduceSum(tf.math.mul(digits, tf.constant(basis)), tf.constant(axis));
  }

  /** Numbers to digits: {@code [n, 1]} to {@code [n, digits]}. */
  public static Operand<TInt32> unpack(
      Ops tf, Operand<TInt32> numbers, int[] basis, int[] radices) {
    return tf.math.floorMod(tf.math.floorDiv(numbers, tf.constant(basis)), tf.constant(radices));
  }

  /** Numbers to bits: {@code [n, words]} to {@code [n, words, bits]} of 0 and 1. */
  public static Operand<TInt32> bits(Ops tf, Operand<TInt32> numbers, int[] basis) {
    return tf.math.floorMod(
        tf.math.floorDiv(tf.expandDims(numbers, tf.constant(2)), tf.constant(basis)),
        tf.constant(2));
  }

  /** Side by side: matrices with equal rows. */
  public static <T extends TType> Operand<T> beside(Ops tf, List<Operand<T>> matrices) {
    return matrices.size() == 1 ? matrices.get(0) : tf.concat(matrices, tf.constant(1));
  }

  /** No columns at all: {@code [rows, 0]}. */
  public static Operand<TFloat32> none(Ops tf, int rows) {
    return tf.fill(tf.constant(new int[] {rows, 0}), tf.constant(0f));
  }
}
