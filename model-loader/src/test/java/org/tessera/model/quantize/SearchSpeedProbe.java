package org.tessera.model.quantize;

import java.util.Locale;
import java.util.Random;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;

/**
 * Times plain VQ three ways: the reference, the graph in row blocks, and one matrix product over
 * the whole batch (which is what blocks are compared with; its ids depend on the batch). A program,
 * not a test; its figures are in {@code QUANTIZERS.md}.
 */
public final class SearchSpeedProbe {
  private SearchSpeedProbe() {}

  public static void main(String[] arguments) {
    int[][] cases = {
      {8, 1024},
      {64, 1024},
      {512, 1024},
      {8, 8192},
      {32, 8192},
      {256, 8192},
      {8, 262144},
      {32, 262144}
    };
    for (int[] c : cases) {
      int rows = c[1] > 100_000 ? 1024 : 8192;
      measure(c[0], c[1], rows);
    }
  }

  private static void measure(int d, int codes, int rows) {
    float[] table = gaussian(1, codes * d);
    float[] vectors = gaussian(2, rows * d);
    Quantizer quantizer =
        Quantizers.of(
            Specs.spec(
                "vq",
                "codebook",
                "c",
                "metric",
                "euclidean",
                "normalise",
                "none",
                "dequantise",
                "stored"),
            Specs.tensors("c", FloatTensor.of(table, codes, d)));
    int[] ids = new int[rows];
    double reference = best(() -> quantizer.encode(vectors, rows, ids, null));
    double blocked;
    try (GraphRunner graph = new GraphRunner(quantizer)) {
      blocked = best(() -> graph.encode(vectors, rows));
    }
    double whole = whole(table, vectors, codes, d, rows);
    double flops = 2.0 * rows * codes * d / 1e9;
    System.out.printf(
        Locale.ROOT,
        "D %4d K %6d: reference %8.2f ms (%5.1f GFLOP/s), graph %8.2f ms (%5.1f), whole %8.2f ms (%5.1f); %d rows%n",
        d,
        codes,
        reference * 1e3,
        flops / reference,
        blocked * 1e3,
        flops / blocked,
        whole * 1e3,
        flops / whole,
        rows);
  }

  private static double whole(float[] table, float[] vectors, int codes, int d, int rows) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> input =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, d)));
      Operand<TFloat32> codebook =
          tf.constant(Shape.of(codes, d), DataBuffers.of(table, true, false));
      Operand<TFloat32> halves =
          tf.constant(org.tessera.model.quantize.kernel.Norms.halfSquares(table, d));
      Operand<TInt32> ids =
          tf.math.argMax(
              tf.math.sub(tf.linalg.matMul(input, codebook, MatMul.transposeB(true)), halves),
              tf.constant(1),
              TInt32.class);
      try (Session session = new Session(graph);
          TFloat32 tensor =
              TFloat32.tensorOf(Shape.of(rows, d), DataBuffers.of(vectors, true, false))) {
        return best(
            () -> {
              try (var result = session.runner().feed(input, tensor).fetch(ids).run()) {
                result.get(0).shape();
              }
            });
      }
    }
  }

  private static double best(Runnable work) {
    double best = Double.MAX_VALUE;
    long end = System.nanoTime() + 3_000_000_000L;
    for (int i = 0; i < 3 || System.nanoTime() < end; i++) {
      long start = System.nanoTime();
      work.run();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  private static float[] gaussian(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
