package org.tessera.pipeline.fit;

import java.io.Serializable;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * An affine map and its way back: {@code y = (x - mean) · forward} and {@code x = y · backward +
 * mean}. Immutable by convention: nobody changes the arrays.
 */
public final class Transform implements VectorBlocks.BlockMap, Serializable {
  private static final long serialVersionUID = 1L;

  private final int from;
  private final int to;
  private final float[] mean;
  private final float[] forward;
  private final float[] backward;
  private final double kept;

  /**
   * A transform.
   *
   * @param mean {@code from} values
   * @param forward {@code from × to}, row-major
   * @param backward {@code to × from}, row-major
   * @param kept the share of the variance that the way there and back keeps
   */
  Transform(float[] mean, float[] forward, float[] backward, double kept) {
    this.from = mean.length;
    this.to = forward.length / mean.length;
    this.mean = mean;
    this.forward = forward;
    this.backward = backward;
    this.kept = kept;
  }

  /** The length of a vector before the transform. */
  public int from() {
    return from;
  }

  /** The length of a vector after it. */
  public int to() {
    return to;
  }

  /** The share of the variance that the way there and back keeps, from 0 to 1. */
  public double kept() {
    return kept;
  }

  float[] mean() {
    return mean;
  }

  float[] forward() {
    return forward;
  }

  float[] backward() {
    return backward;
  }

  /** The mean as a constant of a graph. */
  Operand<TFloat32> meanOf(Ops tf) {
    return tf.constant(mean);
  }

  /** The matrix of the way there as a constant of a graph. */
  Operand<TFloat32> forwardOf(Ops tf) {
    return matrix(tf, forward, from, to);
  }

  /** Adds the way there to a graph: {@code [n, from]} to {@code [n, to]}. */
  Operand<TFloat32> apply(Ops tf, Operand<TFloat32> vectors) {
    return tf.linalg.matMul(tf.math.sub(vectors, tf.constant(mean)), matrix(tf, forward, from, to));
  }

  /** Adds the way back to a graph: {@code [n, to]} to {@code [n, from]}. */
  Operand<TFloat32> invert(Ops tf, Operand<TFloat32> vectors) {
    return tf.math.add(
        tf.linalg.matMul(vectors, matrix(tf, backward, to, from)), tf.constant(mean));
  }

  private static Operand<TFloat32> matrix(Ops tf, float[] values, int rows, int columns) {
    try (TFloat32 tensor = BlockSession.matrix(rows, columns, values)) {
      return tf.constantOf(tensor);
    }
  }

  private record Nodes(Placeholder<TFloat32> vectors, Operand<TFloat32> transformed) {}

  @Override
  public VectorBlocks.MapWorker open() {
    BlockSession.Handle<Nodes> handle = new BlockSession.Handle<>();
    BlockSession session =
        new BlockSession(
            tf -> {
              Placeholder<TFloat32> vectors =
                  tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, from)));
              return new Nodes(vectors, apply(tf, vectors));
            },
            handle);
    return new VectorBlocks.MapWorker() {
      @Override
      public Block apply(Block block) {
        float[] result = new float[block.count() * to];
        try (TFloat32 vectors = BlockSession.matrix(block.count(), from, block.values());
            Result run =
                session
                    .runner()
                    .feed(handle.value().vectors().asOutput(), vectors)
                    .fetch(handle.value().transformed())
                    .run()) {
          BlockSession.read(run.get(0), result);
        }
        return block.with(to, result);
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }
}
