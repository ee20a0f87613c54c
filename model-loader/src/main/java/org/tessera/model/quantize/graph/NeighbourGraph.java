package org.tessera.model.quantize.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Squeeze;
import org.tensorflow.op.core.While;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** The several best codes of each row. */
public final class NeighbourGraph {
  private NeighbourGraph() {}

  /**
   * The ids with the largest {@code z·e - h}, largest first, ties by id: {@code [rows, D]} to
   * {@code [rows, many]}.
   *
   * @param constants codes and offsets from {@link CodebookGraph#constants}, as this graph sees
   *     them
   */
  public static Operand<TInt32> best(
      Ops tf, Operand<TFloat32> rows, int codes, List<Operand<?>> constants, int many) {
    Operand<TFloat32> table = CodebookGraph.floats(constants.get(0));
    Operand<TFloat32> offsets = CodebookGraph.floats(constants.get(1));
    if (codes <= CodebookGraph.CODES) {
      Operand<TFloat32> scores =
          CodebookGraph.scores(
              tf, rows, tf.squeeze(table, Squeeze.axis(0L)), tf.squeeze(offsets, Squeeze.axis(0L)));
      return top(tf, scores, many).indices();
    }
    int count = (int) rows.shape().get(0);
    List<Operand<?>> state =
        List.of(
            tf.constant(0),
            rows,
            table,
            offsets,
            tf.fill(tf.constant(new int[] {count, many}), tf.constant(0)),
            tf.fill(tf.constant(new int[] {count, many}), tf.constant(Float.NEGATIVE_INFINITY)));
    int blocks = (codes + CodebookGraph.CODES - 1) / CodebookGraph.CODES;
    While loop =
        RowBlocks.loop(
            tf, state, f -> CodebookGraph.condition(f, state, blocks), f -> step(f, state, many));
    return loop.output().get(4).expect(TInt32.class);
  }

  private static TopK<TFloat32, TInt32> top(Ops tf, Operand<TFloat32> scores, int many) {
    return tf.nn.topK(scores, tf.constant(many), TInt32.class);
  }

  private static Signature step(Ops f, List<Operand<?>> state, int many) {
    List<Operand<?>> inside = RowBlocks.placeholders(f, state);
    Operand<TInt32> index = inside.get(0).asOutput().expect(TInt32.class);
    Operand<TFloat32> scores =
        CodebookGraph.scores(
            f,
            CodebookGraph.floats(inside.get(1)),
            f.gather(CodebookGraph.floats(inside.get(2)), index, f.constant(0)),
            f.gather(CodebookGraph.floats(inside.get(3)), index, f.constant(0)));
    TopK<TFloat32, TInt32> own = top(f, scores, many);
    Operand<TInt32> ownIds =
        f.math.add(own.indices(), f.math.mul(index, f.constant(CodebookGraph.CODES)));
    Operand<TInt32> ids =
        f.concat(List.of(inside.get(4).asOutput().expect(TInt32.class), ownIds), f.constant(1));
    Operand<TFloat32> both =
        f.concat(List.of(CodebookGraph.floats(inside.get(5)), own.values()), f.constant(1));
    // Earlier blocks stand first, and the top goes by position among equals: the lower id wins.
    TopK<TFloat32, TInt32> merged = top(f, both, many);
    Signature.Builder signature = Signature.builder().key("neighbours");
    for (int i = 0; i < inside.size(); i++) {
      signature.input("in" + i, inside.get(i));
    }
    return signature
        .output("out0", f.math.add(index, f.constant(1)))
        .output("out1", f.identity(inside.get(1)))
        .output("out2", f.identity(inside.get(2)))
        .output("out3", f.identity(inside.get(3)))
        .output("out4", f.gatherNd(ids, pairs(f, merged.indices())))
        .output("out5", merged.values())
        .build();
  }

  /** {@code [rows, many]} column numbers to {@code [rows, many, 2]} places. */
  private static Operand<TInt32> pairs(Ops f, Operand<TInt32> columns) {
    int count = (int) columns.shape().get(0);
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    Operand<TInt32> own = GraphMath.reshape(f, f.constant(rows), count, 1);
    Operand<TInt32> all = f.math.add(own, f.zerosLike(columns));
    return f.stack(List.of(all, columns), org.tensorflow.op.core.Stack.axis(2L));
  }
}
