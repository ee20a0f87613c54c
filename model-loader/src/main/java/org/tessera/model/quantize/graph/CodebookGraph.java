package org.tessera.model.quantize.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.While;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

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
    int perBlock = perBlock(codes);
    int blocks = (codes + perBlock - 1) / perBlock;
    float[] limits = Arrays.copyOf(offsets, blocks * perBlock);
    Arrays.fill(limits, codes, limits.length, Float.POSITIVE_INFINITY);
    return List.of(table(tf, search, codes), GraphMath.constant(tf, limits, blocks, perBlock));
  }

  /** A look-up table for {@link #gather}, in the form of the first of {@link #constants}. */
  public static Operand<TFloat32> table(Ops tf, float[] vectors, int codes) {
    int dimensions = vectors.length / codes;
    int perBlock = perBlock(codes);
    int blocks = (codes + perBlock - 1) / perBlock;
    float[] table = Arrays.copyOf(vectors, Math.multiplyExact(blocks * perBlock, dimensions));
    return GraphMath.constant(tf, table, blocks, perBlock, dimensions);
  }

  private static int perBlock(int codes) {
    return codes > CODES ? CODES : (codes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Normalises and scales feature blocks, {@code [rows, D]} to {@code [rows, D]}. */
  public static Operand<TFloat32> prepare(
      Ops tf, Operand<TFloat32> rows, int[] blocks, float[] scales, boolean normalise) {
    List<Operand<TFloat32>> parts = new ArrayList<>();
    int at = 0;
    for (int b = 0; b < blocks.length; b++) {
      Operand<TFloat32> part =
          blocks.length == 1 ? rows : GraphMath.columns(tf, rows, at, blocks[b]);
      at += blocks[b];
      part = normalise ? GraphMath.normalise(tf, part) : part;
      parts.add(scales[b] == 1 ? part : tf.math.mul(part, tf.constant(scales[b])));
    }
    return GraphMath.beside(tf, parts);
  }

  /**
   * The lowest id with the largest {@code z·e - h}: {@code [rows, D]} to {@code [rows]}.
   *
   * @param codes the number of real codes
   * @param constants codes and offsets from {@link #constants}, as this graph sees them
   */
  public static Operand<TInt32> nearest(
      Ops tf, Operand<TFloat32> rows, int codes, List<Operand<?>> constants) {
    Operand<TFloat32> table = floats(constants.get(0));
    Operand<TFloat32> offsets = floats(constants.get(1));
    if (codes <= CODES) {
      Operand<TFloat32> scores =
          scores(
              tf, rows, tf.squeeze(table, Squeeze.axis(0L)), tf.squeeze(offsets, Squeeze.axis(0L)));
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
    While loop = RowBlocks.loop(tf, state, f -> condition(f, state, blocks), f -> step(f, state));
    return loop.output().get(4).expect(TInt32.class);
  }

  static Signature condition(Ops f, List<Operand<?>> state, int blocks) {
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
            floats(inside.get(1)),
            f.gather(floats(inside.get(2)), index, f.constant(0)),
            f.gather(floats(inside.get(3)), index, f.constant(0)));
    Operand<TInt32> id = f.math.argMax(scores, f.constant(1), TInt32.class);
    Operand<TFloat32> score = f.max(scores, f.constant(1));
    Operand<TInt32> bestId = inside.get(4).asOutput().expect(TInt32.class);
    Operand<TFloat32> bestScore = floats(inside.get(5));
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

  static Operand<TFloat32> scores(
      Ops tf, Operand<TFloat32> rows, Operand<TFloat32> codes, Operand<TFloat32> offsets) {
    return tf.math.sub(tf.linalg.matMul(rows, codes, MatMul.transposeB(true)), offsets);
  }

  /**
   * Rows of a table from {@link #constants} or {@link #table}: ids {@code [n]} to {@code [n, D]}.
   */
  public static Operand<TFloat32> gather(
      Ops tf, Operand<TInt32> ids, int dimensions, Operand<?> table) {
    Operand<TFloat32> flat = GraphMath.reshape(tf, floats(table), -1, dimensions);
    return tf.gather(flat, ids, tf.constant(0));
  }

  /** The vectors of ids: {@code [n]} to {@code [n, D]}. */
  public static Operand<TFloat32> lookUp(
      Ops tf, float[] vectors, int dimensions, Operand<TInt32> ids) {
    Operand<TFloat32> table =
        GraphMath.constant(tf, vectors, vectors.length / dimensions, dimensions);
    return tf.gather(table, ids, tf.constant(0));
  }

  static Operand<TFloat32> floats(Operand<?> operand) {
    return operand.asOutput().expect(TFloat32.class);
  }
}
