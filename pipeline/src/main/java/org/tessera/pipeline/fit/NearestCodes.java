package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Gather;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Finds the nearest code (Euclidean; ties to the lowest) of every vector of a block by TensorFlow:
 * {@code argmax_k x·c_k - |c_k|²/2}. Large codebooks are searched in parts of {@value #PART} codes,
 * and vectors in slices of so many that the scores of a slice and a part stay in a core's cache: at
 * most {@value #SCORES} of them. Not thread-safe; whoever made it closes it.
 */
final class NearestCodes implements AutoCloseable {
  private static final int PART = 2048;

  /** One megabyte of scores: what is written by the product is read while it is near. */
  private static final int SCORES = 1 << 18;

  /** Scores are reduced in runs of this length first, which TensorFlow does with vector code. */
  private static final int RUN = 64;

  private final BlockSession session;
  private final Nodes nodes;
  private final List<TFloat32> parts = new ArrayList<>();
  private final List<TFloat32> offsets = new ArrayList<>();
  private final int part;

  /** The graph's ends. */
  private record Nodes(
      Placeholder<TFloat32> vectors,
      Placeholder<TFloat32> codes,
      Placeholder<TFloat32> offsets,
      Operand<TInt32> ids,
      Operand<TFloat32> scores) {}

  NearestCodes(Codebook codebook) {
    int dimensions = codebook.dimensions();
    part = Math.min((codebook.codes() + RUN - 1) / RUN * RUN, PART);
    BlockSession.Handle<Nodes> handle = new BlockSession.Handle<>();
    session = new BlockSession(tf -> build(tf, part, dimensions), handle);
    nodes = handle.value();
    for (int start = 0; start < codebook.codes(); start += part) {
      int count = Math.min(part, codebook.codes() - start);
      float[] values =
          Arrays.copyOfRange(codebook.values(), start * dimensions, (start + count) * dimensions);
      parts.add(BlockSession.matrix(part, dimensions, Arrays.copyOf(values, part * dimensions)));
      offsets.add(BlockSession.vector(offsets(values, count, dimensions)));
    }
  }

  /** Minus half the squared length of each code; codes that fill up a part can never win. */
  private float[] offsets(float[] values, int count, int dimensions) {
    float[] result = new float[part];
    Arrays.fill(result, count, part, -Float.MAX_VALUE);
    for (int code = 0; code < count; code++) {
      double sum = 0;
      for (int i = code * dimensions; i < (code + 1) * dimensions; i++) {
        sum += (double) values[i] * values[i];
      }
      result[code] = (float) (-0.5 * sum);
    }
    return result;
  }

  private static Nodes build(Ops tf, int part, int dimensions) {
    Placeholder<TFloat32> vectors =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, dimensions)));
    Placeholder<TFloat32> codes =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(part, dimensions)));
    Placeholder<TFloat32> offsets =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(part)));
    Operand<TFloat32> scores =
        tf.math.add(tf.linalg.matMul(vectors, codes, MatMul.transposeB(true)), offsets);
    Operand<TFloat32> runs = tf.reshape(scores, tf.constant(new int[] {-1, part / RUN, RUN}));
    Operand<TFloat32> best = tf.reduceMax(runs, tf.constant(2));
    Operand<TInt32> run = tf.math.argMax(best, tf.constant(1), TInt32.class);
    Operand<TFloat32> winners = tf.gather(runs, run, tf.constant(1), Gather.batchDims(1L));
    Operand<TInt32> inRun = tf.math.argMax(winners, tf.constant(1), TInt32.class);
    Operand<TInt32> ids = tf.math.add(tf.math.mul(run, tf.constant(RUN)), inRun);
    return new Nodes(vectors, codes, offsets, ids, tf.reduceMax(best, tf.constant(1)));
  }

  /** The nearest code of each vector. */
  int[] search(Block block) {
    int[] ids = new int[block.count()];
    int dimensions = block.dimensions();
    int slice = SCORES / part;
    for (int from = 0; from < ids.length; from += slice) {
      int to = Math.min(ids.length, from + slice);
      float[] values = Arrays.copyOfRange(block.values(), from * dimensions, to * dimensions);
      try (TFloat32 vectors = BlockSession.matrix(to - from, dimensions, values)) {
        System.arraycopy(search(vectors, to - from), 0, ids, from, to - from);
      }
    }
    return ids;
  }

  private int[] search(TFloat32 vectors, int count) {
    int[] ids = new int[count];
    if (parts.size() == 1) {
      run(vectors, 0, ids, null);
      return ids;
    }
    float[] scores = new float[count];
    run(vectors, 0, ids, scores);
    int[] partIds = new int[count];
    float[] partScores = new float[count];
    for (int p = 1; p < parts.size(); p++) {
      run(vectors, p, partIds, partScores);
      for (int i = 0; i < count; i++) {
        if (partScores[i] > scores[i]) {
          scores[i] = partScores[i];
          ids[i] = p * part + partIds[i];
        }
      }
    }
    return ids;
  }

  private void run(TFloat32 vectors, int p, int[] ids, float[] scores) {
    var runner =
        session
            .runner()
            .feed(nodes.vectors().asOutput(), vectors)
            .feed(nodes.codes().asOutput(), parts.get(p))
            .feed(nodes.offsets().asOutput(), offsets.get(p))
            .fetch(nodes.ids());
    if (scores != null) {
      runner.fetch(nodes.scores());
    }
    try (Result result = runner.run()) {
      BlockSession.read(result.get(0), ids);
      if (scores != null) {
        BlockSession.read(result.get(1), scores);
      }
    }
  }

  @Override
  public void close() {
    parts.forEach(TFloat32::close);
    offsets.forEach(TFloat32::close);
    session.close();
  }
}
