package org.tessera.model.quantize.graph;

import java.util.ArrayList;
import java.util.List;
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
   * Builds the loop.
   *
   * @param rows {@code [count, dimensions]}
   * @param slots ids per row
   * @param errors errors per row
   * @return ids {@code [count, slots]} and errors {@code [count, errors]}
   */
  public static BlockCodes map(
      Ops tf,
      Operand<TFloat32> rows,
      int dimensions,
      int blockRows,
      int slots,
      int errors,
      List<Operand<?>> constants,
      Body body) {
    Operand<TInt32> count = tf.gather(tf.shape(rows), tf.constant(0), tf.constant(0));
    Operand<TInt32> blocks =
        tf.math.floorDiv(tf.math.add(count, tf.constant(blockRows - 1)), tf.constant(blockRows));
    Operand<TInt32> missing = tf.math.sub(tf.math.mul(blocks, tf.constant(blockRows)), count);
    Operand<TInt32> paddings =
        tf.reshape(
            tf.stack(List.of(tf.constant(0), missing, tf.constant(0), tf.constant(0))),
            tf.constant(new int[] {2, 2}));
    Operand<TFloat32> blocked =
        tf.reshape(
            tf.pad(rows, paddings, tf.constant(0f)),
            tf.stack(List.of(blocks, tf.constant(blockRows), tf.constant(dimensions))));
    Operand<TInt32> ids =
        tf.fill(
            tf.stack(List.of(blocks, tf.constant(blockRows), tf.constant(slots))), tf.constant(0));
    Operand<TFloat32> errorValues =
        tf.fill(
            tf.stack(List.of(blocks, tf.constant(blockRows), tf.constant(errors))),
            tf.constant(0f));
    List<Operand<?>> state =
        new ArrayList<>(List.of(tf.constant(0), blocks, blocked, ids, errorValues));
    state.addAll(constants);
    Shape blockShape = Shape.of(blockRows, dimensions);
    ConcreteFunction condition = ConcreteFunction.create(f -> condition(f, state));
    ConcreteFunction step = ConcreteFunction.create(f -> step(f, state, blockShape, body));
    While loop = tf.whileOp(state, condition, step);
    return new BlockCodes(
        rows(tf, loop.output().get(3).expect(TInt32.class), slots, count),
        rows(tf, loop.output().get(4).expect(TFloat32.class), errors, count));
  }

  private static <T extends org.tensorflow.types.family.TNumber> Operand<T> rows(
      Ops tf, Operand<T> blocked, int columns, Operand<TInt32> count) {
    Operand<T> flat = tf.reshape(blocked, tf.constant(new int[] {-1, columns}));
    return tf.slice(
        flat, tf.constant(new int[] {0, 0}), tf.stack(List.of(count, tf.constant(columns))));
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

  private static Signature step(Ops f, List<Operand<?>> state, Shape blockShape, Body body) {
    List<Operand<?>> inside = placeholders(f, state);
    Operand<TInt32> index = inside.get(0).asOutput().expect(TInt32.class);
    Operand<TFloat32> block =
        f.ensureShape(
            f.gather(inside.get(2).asOutput().expect(TFloat32.class), index, f.constant(0)),
            blockShape);
    BlockCodes codes = body.apply(f, block, inside.subList(5, inside.size()));
    List<Operand<?>> next = new ArrayList<>(inside);
    next.set(0, f.math.add(index, f.constant(1)));
    next.set(3, update(f, inside.get(3).asOutput().expect(TInt32.class), index, codes.ids()));
    next.set(4, update(f, inside.get(4).asOutput().expect(TFloat32.class), index, codes.errors()));
    Signature.Builder signature = Signature.builder().key("block");
    for (int i = 0; i < inside.size(); i++) {
      signature.input("in" + i, inside.get(i));
      signature.output(
          "out" + i, i == 1 || i == 2 || i > 4 ? f.identity(next.get(i)) : next.get(i));
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
