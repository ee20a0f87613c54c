package org.tessera.model.quantize.graph;

import java.util.ArrayList;
import java.util.List;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.While;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.kernel.Norms;

/**
 * Code search and look-up in a graph. The search goes through the codebook in blocks of {@value
 * #CODES} codes; codes are filled up so that all blocks are equal.
 */
public final class CodebookGraph {
  /** Codes that are compared at once. */
  static final int CODES = 8192;

  private static final int ALIGNMENT = 16;

  private CodebookGraph() {}

  /**
   * The constants that {@link #nearest} takes: the codes as {@code [blocks, codes, dimensions]} and
   * the offsets as {@code [blocks, codes]}, infinite for codes that only fill up.
   */
  public static List<Operand<?>> constants(Ops tf, float[] search, float[] offsets) {
    int codes = offsets.length;
    int dimensions = search.length / codes;
    int perBlock = perBlock(codes);
    int blocks = (codes + perBlock - 1) / perBlock;
    float[] table =
        java.util.Arrays.copyOf(search, Math.multiplyExact(blocks * perBlock, dimensions));
    float[] limits = java.util.Arrays.copyOf(offsets, blocks * perBlock);
    java.util.Arrays.fill(limits, codes, limits.length, Float.POSITIVE_INFINITY);
    return List.of(
        constant(tf, table, blocks, perBlock, dimensions), constant(tf, limits, blocks, perBlock));
  }

  /** A look-up table for {@link #gather}, in the form of the first of {@link #constants}. */
  public static Operand<TFloat32> table(Ops tf, float[] vectors, int codes) {
    int dimensions = vectors.length / codes;
    int perBlock = perBlock(codes);
    int blocks = (codes + perBlock - 1) / perBlock;
    float[] table =
        java.util.Arrays.copyOf(vectors, Math.multiplyExact(blocks * perBlock, dimensions));
    return constant(tf, table, blocks, perBlock, dimensions);
  }

  private static int perBlock(int codes) {
    return codes > CODES ? CODES : (codes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static Operand<TFloat32> constant(Ops tf, float[] values, int... shape) {
    long[] extents = new long[shape.length];
    for (int i = 0; i < shape.length; i++) {
      extents[i] = shape[i];
    }
    return tf.constant(Shape.of(extents), DataBuffers.of(values, true, false));
  }

  /** Normalises and scales feature blocks, {@code [rows, D]} to {@code [rows, D]}. */
  public static Operand<TFloat32> prepare(
      Ops tf, Operand<TFloat32> rows, int[] blocks, float[] scales, boolean normalise) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    int at = 0;
    for (int b = 0; b < blocks.length; b++) {
      Operand<TFloat32> part =
          blocks.length == 1
              ? rows
              : tf.slice(
                  rows, tf.constant(new int[] {0, at}), tf.constant(new int[] {-1, blocks[b]}));
      at += blocks[b];
      part = normalise ? normalise(tf, part) : part;
      parts.add(scales[b] == 1 ? part : tf.math.mul(part, tf.constant(scales[b])));
    }
    return parts.size() == 1 ? parts.get(0) : tf.concat(parts, tf.constant(1));
  }

  /** Divides each row by its Euclidean norm. */
  public static Operand<TFloat32> normalise(Ops tf, Operand<TFloat32> rows) {
    Operand<TFloat32> norm =
        tf.math.sqrt(tf.reduceSum(tf.math.square(rows), tf.constant(1), ReduceSum.keepDims(true)));
    return tf.math.div(rows, tf.math.maximum(norm, tf.constant(Norms.EPSILON)));
  }

  /** The mean square of each row: {@code [rows, D]} to {@code [rows]}. */
  public static Operand<TFloat32> meanSquare(Ops tf, Operand<TFloat32> rows) {
    return tf.math.mean(tf.math.square(rows), tf.constant(1));
  }

  /**
   * The lowest id with the largest {@code z·e - h}: {@code [rows, D]} to {@code [rows]}.
   *
   * @param codes the number of real codes
   * @param constants codes and offsets from {@link #constants}, as this graph sees them
   */
  public static Operand<TInt32> nearest(
      Ops tf, Operand<TFloat32> rows, int codes, List<Operand<?>> constants) {
    Operand<TFloat32> table = constants.get(0).asOutput().expect(TFloat32.class);
    Operand<TFloat32> offsets = constants.get(1).asOutput().expect(TFloat32.class);
    if (codes <= CODES) {
      Operand<TFloat32> scores = scores(tf, rows, table, offsets, tf.constant(0));
      return tf.math.argMax(scores, tf.constant(1), TInt32.class);
    }
    int blocks = (codes + CODES - 1) / CODES;
    Operand<TInt32> count = tf.gather(tf.shape(rows), tf.constant(new int[] {0}), tf.constant(0));
    List<Operand<?>> state =
        List.of(
            tf.constant(0),
            rows,
            table,
            offsets,
            tf.fill(count, tf.constant(0)),
            tf.fill(count, tf.constant(Float.NEGATIVE_INFINITY)));
    ConcreteFunction condition = ConcreteFunction.create(f -> condition(f, state, blocks));
    ConcreteFunction step = ConcreteFunction.create(f -> step(f, state));
    While loop = tf.whileOp(state, condition, step);
    return loop.output().get(4).expect(TInt32.class);
  }

  private static Signature condition(Ops f, List<Operand<?>> state, int blocks) {
    List<Operand<?>> inside = RowBlocks.placeholders(f, state);
    Signature.Builder signature = Signature.builder().key("codes_left");
    for (int i = 0; i < inside.size(); i++) {
      signature.input("in" + i, inside.get(i));
    }
    Operand<TInt32> index = inside.get(0).asOutput().expect(TInt32.class);
    return signature.output("more", f.math.less(index, f.constant(blocks))).build();
  }

  private static Signature step(Ops f, List<Operand<?>> state) {
    List<Operand<?>> inside = RowBlocks.placeholders(f, state);
    Operand<TInt32> index = inside.get(0).asOutput().expect(TInt32.class);
    Operand<TFloat32> scores =
        scores(
            f,
            inside.get(1).asOutput().expect(TFloat32.class),
            inside.get(2).asOutput().expect(TFloat32.class),
            inside.get(3).asOutput().expect(TFloat32.class),
            index);
    Operand<TInt32> id = f.math.argMax(scores, f.constant(1), TInt32.class);
    Operand<TFloat32> score = f.max(scores, f.constant(1));
    Operand<TInt32> bestId = inside.get(4).asOutput().expect(TInt32.class);
    Operand<TFloat32> bestScore = inside.get(5).asOutput().expect(TFloat32.class);
    // Strictly greater: among equals the earlier block, which has the lower ids, stays.
    var better = f.math.greater(score, bestScore);
    Operand<TInt32> global = f.math.add(id, f.math.mul(index, f.constant(CODES)));
    Signature.Builder signature = Signature.builder().key("codes");
    for (int i = 0; i < inside.size(); i++) {
      signature.input("in" + i, inside.get(i));
    }
    return signature
        .output("out0", f.math.add(index, f.constant(1)))
        .output("out1", f.identity(inside.get(1)))
        .output("out2", f.identity(inside.get(2)))
        .output("out3", f.identity(inside.get(3)))
        .output("out4", f.select(better, global, bestId))
        .output("out5", f.select(better, score, bestScore))
        .build();
  }

  private static Operand<TFloat32> scores(
      Ops tf,
      Operand<TFloat32> rows,
      Operand<TFloat32> table,
      Operand<TFloat32> offsets,
      Operand<TInt32> block) {
    Operand<TFloat32> codes = tf.gather(table, block, tf.constant(0));
    Operand<TFloat32> products = tf.linalg.matMul(rows, codes, MatMul.transposeB(true));
    return tf.math.sub(products, tf.gather(offsets, block, tf.constant(0)));
  }

  /**
   * Rows of a table from {@link #constants} or {@link #table}: ids {@code [n]} to {@code [n, D]}.
   */
  public static Operand<TFloat32> gather(
      Ops tf, Operand<TInt32> ids, int codes, int dimensions, Operand<?> table) {
    Operand<TFloat32> flat =
        tf.reshape(
            table.asOutput().expect(TFloat32.class), tf.constant(new int[] {-1, dimensions}));
    return tf.gather(flat, ids, tf.constant(0));
  }

  /** The vectors of ids: {@code [n]} to {@code [n, D]}. */
  public static Operand<TFloat32> lookUp(
      Ops tf, float[] vectors, int codes, int dimensions, Operand<TInt32> ids) {
    return tf.gather(constant(tf, vectors, codes, dimensions), ids, tf.constant(0));
  }

  /** As {@link #lookUp}, with zeros where the id is -1. */
  public static Operand<TFloat32> lookUpKept(
      Ops tf, float[] vectors, int codes, int dimensions, Operand<TInt32> ids) {
    Operand<TFloat32> found =
        lookUp(tf, vectors, codes, dimensions, tf.math.maximum(ids, tf.constant(0)));
    Operand<TFloat32> kept =
        tf.dtypes.cast(tf.math.greaterEqual(ids, tf.constant(0)), TFloat32.class);
    return tf.math.mul(found, tf.expandDims(kept, tf.constant(1)));
  }
}
