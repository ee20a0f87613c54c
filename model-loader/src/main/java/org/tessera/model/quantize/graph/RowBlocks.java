package org.tessera.model.quantize.graph;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.While;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Runs a quantizer over blocks of rows of one fixed size, in a loop inside the graph. The last
 * block is filled up with zeros. Since every operation inside sees the same shapes whatever the
 * batch, the ids of a row cannot depend on how many rows there are, and memory is bounded by one
 * block.
 */
public final class RowBlocks {
  private RowBlocks() {}

  /** What is done with one block. */
  @FunctionalInterface
  public interface Body {
    /**
     * Builds the operations.
     *
     * @param rows {@code [blockRows, dimensions]}
     * @param constants the loop's constants as seen inside
     */
    BlockCodes apply(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants);
  }

  /**
   * The extents of the loop.
   *
   * @param rows rows in a block
   * @param dimensions floats in a row
   * @param slots ids of a row
   * @param errors errors of a row
   */
  public record Extents(int rows, int dimensions, int slots, int errors) {}

  /**
   * Builds the loop.
   *
   * @param rows {@code [count, dimensions]}
   * @return ids {@code [count, slots]} and errors {@code [count, errors]}; no vectors
   */
  public static BlockCodes map(
      Ops tf, Operand<TFloat32> rows, Extents extents, List<Operand<?>> constants, Body body) {
    Operand<TInt32> count = tf.gather(tf.shape(rows), tf.constant(0), tf.constant(0));
    Operand<TInt32> perBlock = tf.constant(extents.rows());
    Operand<TInt32> blocks =
        tf.math.floorDiv(tf.math.add(count, tf.constant(extents.rows() - 1)), perBlock);
    Operand<TInt32> missing = tf.math.sub(tf.math.mul(blocks, perBlock), count);
    Operand<TInt32> zero = tf.constant(0);
    Operand<TInt32> paddings =
        GraphMath.reshape(tf, tf.stack(List.of(zero, missing, zero, zero)), 2, 2);
    // Without errors there is still one column of zeros, for a loop cannot carry empty values.
    int columns = Math.max(1, extents.errors());
    List<Operand<?>> state = new ArrayList<>();
    state.add(zero);
    state.add(blocks);
    state.add(
        tf.reshape(
            tf.pad(rows, paddings, tf.constant(0f)),
            tf.stack(List.of(blocks, perBlock, tf.constant(extents.dimensions())))));
    state.add(
        tf.fill(tf.stack(List.of(blocks, perBlock, tf.constant(extents.slots()))), tf.constant(0)));
    state.add(tf.fill(tf.stack(List.of(blocks, perBlock, tf.constant(columns))), tf.constant(0f)));
    state.addAll(constants);
    While loop = loop(tf, state, f -> condition(f, state), f -> step(f, state, extents, body));
    Operand<TInt32> ids = loop.output().get(3).expect(TInt32.class);
    Operand<TFloat32> errors = loop.output().get(4).expect(TFloat32.class);
    return new BlockCodes(
        rows(tf, ids, extents.slots(), extents.slots(), count),
        rows(tf, errors, columns, extents.errors(), count),
        null);
  }

  /** A loop; the graph keeps copies of its functions, so they are closed. */
  static While loop(
      Ops tf,
      List<Operand<?>> state,
      Function<Ops, Signature> condition,
      Function<Ops, Signature> step) {
    try (ConcreteFunction more = ConcreteFunction.create(condition);
        ConcreteFunction next = ConcreteFunction.create(step)) {
      return tf.whileOp(state, more, next);
    }
  }

  private static <T extends org.tensorflow.types.family.TNumber> Operand<T> rows(
      Ops tf, Operand<T> blocked, int columns, int used, Operand<TInt32> count) {
    Operand<T> flat = GraphMath.reshape(tf, blocked, -1, columns);
    return tf.slice(
        flat, tf.constant(new int[] {0, 0}), tf.stack(List.of(count, tf.constant(used))));
  }

  private static Signature condition(Ops f, List<Operand<?>> state) {
    List<Operand<?>> inside = placeholders(f, state);
    Signature.Builder signature = Signature.builder().key("blocks_left");
    for (int i = 0; i < inside.size(); i++) {
      signature.input("in" + i, inside.get(i));
    }
    return signature
        .output(
            "more",
            f.math.less(
                inside.get(0).asOutput().expect(TInt32.class),
                inside.get(1).asOutput().expect(TInt32.class)))
        .build();
  }

  private static Signature step(Ops f, List<Operand<?>> state, Extents extents, Body body) {
    List<Operand<?>> inside = placeholders(f, state);
    Operand<TInt32> index = inside.get(0).asOutput().expect(TInt32.class);
    Operand<TFloat32> block =
        f.ensureShape(
            f.gather(inside.get(2).asOutput().expect(TFloat32.class), index, f.constant(0)),
            Shape.of(extents.rows(), extents.dimensions()));
    BlockCodes codes = body.apply(f, block, inside.subList(5, inside.size()));
    List<Operand<?>> next = new ArrayList<>(inside);
    next.set(0, f.math.add(index, f.constant(1)));
    next.set(3, update(f, inside.get(3).asOutput().expect(TInt32.class), index, codes.ids()));
    if (extents.errors() > 0) {
      Operand<TFloat32> errors = inside.get(4).asOutput().expect(TFloat32.class);
      next.set(4, update(f, errors, index, codes.errors()));
    }
    Signature.Builder signature = Signature.builder().key("block");
    for (int i = 0; i < inside.size(); i++) {
      signature.input("in" + i, inside.get(i));
      signature.output(
          "out" + i, next.get(i) == inside.get(i) ? f.identity(next.get(i)) : next.get(i));
    }
    return signature.build();
  }

  private static <T extends org.tensorflow.types.family.TNumber> Operand<T> update(
      Ops f, Operand<T> all, Operand<TInt32> index, Operand<T> block) {
    return f.tensorScatterNdUpdate(
        all, f.reshape(index, f.constant(new int[] {1, 1})), f.expandDims(block, f.constant(0)));
  }

  static List<Operand<?>> placeholders(Ops f, List<Operand<?>> state) {
    List<Operand<?>> inside = new ArrayList<>();
    for (Operand<?> outside : state) {
      inside.add(f.placeholder(outside.type(), Placeholder.shape(outside.shape())));
    }
    return inside;
  }
}
