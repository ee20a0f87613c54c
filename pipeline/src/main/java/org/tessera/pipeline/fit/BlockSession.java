package org.tessera.pipeline.fit;

import java.util.function.Function;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.types.TFloat32;

/**
 * A TensorFlow graph on one thread: a task has one core, and one thread always adds in the same
 * order. Not thread-safe; whoever made it closes it.
 */
final class BlockSession implements AutoCloseable {
  /** Small graphs that live for one task: optimising them takes longer than it saves. */
  private static final GraphOptions AS_WRITTEN =
      GraphOptions.newBuilder()
          .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true))
          .setOptimizerOptions(OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
          .build();

  private final Graph graph = new Graph();
  private final Session session;

  /** Builds a graph; {@code build} keeps the operands that it wants to feed and fetch. */
  <T> BlockSession(Function<Ops, T> build, Handle<T> handle) {
    try {
      handle.value = build.apply(Ops.create(graph));
      session =
          new Session(
              graph,
              ConfigProto.newBuilder()
                  .setIntraOpParallelismThreads(1)
                  .setInterOpParallelismThreads(1)
                  .setGraphOptions(AS_WRITTEN)
                  .build());
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  /** Receives what a graph's builder returns. */
  static final class Handle<T> {
    private T value;

    T value() {
      return value;
    }
  }

  Session.Runner runner() {
    return session.runner();
  }

  /** A matrix in native memory; the caller closes it. */
  static TFloat32 matrix(int rows, int columns, float[] values) {
    return TFloat32.tensorOf(Shape.of(rows, columns), DataBuffers.of(values, true, false));
  }

  /** A vector in native memory; the caller closes it. */
  static TFloat32 vector(float[] values) {
    return TFloat32.tensorOf(Shape.of(values.length), DataBuffers.of(values, true, false));
  }

  /** Copies floats out of a tensor. */
  static void read(Tensor tensor, float[] target) {
    tensor.asRawTensor().data().asFloats().read(target);
  }

  /** Copies ints out of a tensor. */
  static void read(Tensor tensor, int[] target) {
    tensor.asRawTensor().data().asInts().read(target);
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
