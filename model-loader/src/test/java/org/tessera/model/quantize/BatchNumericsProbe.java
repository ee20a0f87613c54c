package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * Measures whether the matrix product of a row depends on the rows beside it; the table is in
 * {@code QUANTIZERS.md}. A program, not a test: what it prints depends on the processor. Run it
 * with {@code TF_ENABLE_ONEDNN_OPTS} 0 and 1.
 */
public final class BatchNumericsProbe {
  private static final int MAX_ROWS = 1024;

  private BatchNumericsProbe() {}

  public static void main(String[] arguments) {
    System.out.println("oneDNN " + System.getenv("TF_ENABLE_ONEDNN_OPTS"));
    for (int d : new int[] {8, 64, 256, 1024}) {
      for (int codes : new int[] {1024, 8192}) {
        measure(d, codes);
      }
    }
  }

  private static void measure(int d, int codes) {
    float[] rows = gaussian(1, MAX_ROWS * d);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> input =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, d)));
      var table =
          tf.constant(Shape.of(codes, d), DataBuffers.of(gaussian(2, codes * d), true, false));
      var product = tf.linalg.matMul(input, table, MatMul.transposeB(true));
      System.out.printf(
          Locale.ROOT,
          "  block 256: scores that differ between 1 thread and 2, 3, 8: %s%n",
          threads(graph, input, product, Arrays.copyOf(rows, 256 * d), d));
      try (Session session = new Session(graph)) {
        float[] whole = run(session, input, product, rows, 0, MAX_ROWS, d);
        StringBuilder line = new StringBuilder();
        for (int batch : new int[] {1, 2, 3, 7, 16, 19, 64, 75, 100, 255, 256, 500}) {
          line.append(batch)
              .append(':')
              .append(differing(session, input, product, rows, whole, batch, d));
          line.append(' ');
        }
        System.out.printf(
            Locale.ROOT, "D %d K %d: differing scores by rows at once: %s%n", d, codes, line);
        for (int block : new int[] {64, 128, 256, 512, 1024}) {
          System.out.printf(
              Locale.ROOT,
              "  block %d: positions of one row that give other scores: %d%n",
              block,
              moved(session, input, product, rows, block, d, codes));
        }
      }
    }
  }

  /** Share of scores that differ, in parts per million, when rows run in batches. */
  private static long differing(
      Session session,
      Placeholder<TFloat32> input,
      org.tensorflow.Operand<TFloat32> product,
      float[] rows,
      float[] whole,
      int batch,
      int d) {
    long differing = 0;
    long total = 0;
    int codes = whole.length / MAX_ROWS;
    for (int first = 0; first + batch <= MAX_ROWS && first < 20 * batch; first += batch) {
      float[] part = run(session, input, product, rows, first, batch, d);
      for (int i = 0; i < part.length; i++, total++) {
        if (part[i] != whole[first * codes + i]) {
          differing++;
        }
      }
    }
    return 1_000_000 * differing / total;
  }

  /** How many of a block's positions give a row other scores than the first one does. */
  private static int moved(
      Session session,
      Placeholder<TFloat32> input,
      org.tensorflow.Operand<TFloat32> product,
      float[] rows,
      int block,
      int d,
      int codes) {
    float[] same = new float[block * d];
    for (int i = 0; i < block; i++) {
      System.arraycopy(rows, 0, same, i * d, d);
    }
    float[] scores = run(session, input, product, same, 0, block, d);
    int moved = 0;
    for (int i = 1; i < block; i++) {
      if (!Arrays.equals(scores, 0, codes, scores, i * codes, (i + 1) * codes)) {
        moved++;
      }
    }
    return moved;
  }

  /** How many scores of one block differ when more threads compute them. */
  private static List<Long> threads(
      Graph graph,
      Placeholder<TFloat32> input,
      org.tensorflow.Operand<TFloat32> product,
      float[] rows,
      int d) {
    List<Long> differing = new ArrayList<>();
    float[] one = null;
    for (int threads : new int[] {1, 2, 3, 8}) {
      ConfigProto config =
          ConfigProto.newBuilder()
              .setIntraOpParallelismThreads(threads)
              .setUsePerSessionThreads(true)
              .build();
      try (Session session = new Session(graph, config)) {
        float[] scores = run(session, input, product, rows, 0, 256, d);
        if (one == null) {
          one = scores;
        } else {
          float[] first = one;
          differing.add(
              IntStream.range(0, first.length).filter(i -> first[i] != scores[i]).count());
        }
      }
    }
    return differing;
  }

  private static float[] run(
      Session session,
      Placeholder<TFloat32> input,
      org.tensorflow.Operand<TFloat32> product,
      float[] rows,
      int first,
      int count,
      int d) {
    float[] part = Arrays.copyOfRange(rows, first * d, (first + count) * d);
    try (TFloat32 tensor =
            TFloat32.tensorOf(Shape.of(count, d), DataBuffers.of(part, true, false));
        var result = session.runner().feed(input, tensor).fetch(product).run()) {
      TFloat32 scores = (TFloat32) result.get(0);
      float[] values = new float[(int) scores.size()];
      scores.asRawTensor().data().asFloats().read(values);
      return values;
    }
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
