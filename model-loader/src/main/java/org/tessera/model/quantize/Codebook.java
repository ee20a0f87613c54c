package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.quantize.graph.BlockCodes;
import org.tessera.model.quantize.graph.CodebookGraph;
import org.tessera.model.quantize.graph.GraphMath;
import org.tessera.model.quantize.graph.NeighbourGraph;
import org.tessera.model.quantize.kernel.CodeSearch;
import org.tessera.model.quantize.kernel.Norms;

/**
 * One codebook with its id rule. A code may be made of several feature blocks that share one index;
 * a vector is then the blocks one after the other. Immutable and thread-safe.
 *
 * <p>The rule, for a vector {@code z} with blocks {@code z_b} and weights {@code w_b}: each block
 * is normalised where the rule says so and multiplied by {@code √w_b}, giving {@code z'}; codes
 * likewise, giving {@code e'}; then the id is the lowest {@code k} with the largest {@code z'·e'_k
 * - h_k}, where {@code h_k = ‖e'_k‖²/2} for the Euclidean metric (the largest is then the nearest)
 * and 0 for the others.
 */
final class Codebook {
  private final int codes;
  private final int[] blocks;
  private final float[] scales;
  private final boolean normalisesInput;
  private final float[] search;
  private final float[] offsets;
  private final float[] vectors;
  private final boolean sameVectors;
  private final CodeSearch kernel;

  /**
   * Makes a codebook.
   *
   * @param tables one {@code [codes, D_b]} table a block, all with the same number of codes
   * @param weights one weight a block
   */
  Codebook(List<FloatTensor> tables, double[] weights, VectorRule rule) {
    this.codes = tables.get(0).extent(0);
    this.blocks = tables.stream().mapToInt(table -> table.extent(1)).toArray();
    this.normalisesInput = rule.normalisesInput();
    this.scales = new float[blocks.length];
    int dimensions = Arrays.stream(blocks).sum();
    this.search = new float[Math.multiplyExact(codes, dimensions)];
    this.vectors = new float[search.length];
    int at = 0;
    for (int b = 0; b < blocks.length; b++) {
      scales[b] = (float) Math.sqrt(weights[b]);
      float[] table = tables.get(b).values();
      for (int k = 0; k < codes; k++) {
        int to = k * dimensions + at;
        copy(table, k * blocks[b], search, to, blocks[b], rule.normalisesCodes(), scales[b]);
        copy(table, k * blocks[b], vectors, to, blocks[b], rule.dequantisesNormalised(), 1);
      }
      at += blocks[b];
    }
    this.offsets =
        rule.metric().equals(VectorRule.EUCLIDEAN)
            ? Norms.halfSquares(search, dimensions)
            : new float[codes];
    this.sameVectors = Arrays.equals(search, vectors);
    this.kernel = new CodeSearch(search, offsets, dimensions);
  }

  private static void copy(
      float[] from, int at, float[] to, int toAt, int length, boolean normalise, float scale) {
    if (normalise) {
      Norms.normalise(from, at, to, toAt, length);
    } else {
      System.arraycopy(from, at, to, toAt, length);
    }
    if (scale != 1) {
      for (int i = 0; i < length; i++) {
        to[toAt + i] *= scale;
      }
    }
  }

  int codes() {
    return codes;
  }

  int dimensions() {
    return search.length / codes;
  }

  /** What ids stand for, {@code codes × dimensions}. */
  float[] vectors() {
    return vectors;
  }

  /** From {@code z} to {@code z'}, for {@code count} vectors in place. */
  void prepare(float[] rows, int count) {
    for (int i = 0, at = 0; i < count; i++) {
      for (int b = 0; b < blocks.length; at += blocks[b], b++) {
        copy(rows, at, rows, at, blocks[b], normalisesInput, scales[b]);
      }
    }
  }

  /** The ids of prepared vectors. */
  void nearest(float[] prepared, int count, int[] ids) {
    kernel.nearest(prepared, count, ids, null);
  }

  /** The best codes of one prepared vector, best first, ties by id. */
  int[] best(float[] prepared, int row, int many) {
    int d = dimensions();
    float[] scores = new float[codes];
    Integer[] order = new Integer[codes];
    for (int k = 0; k < codes; k++) {
      float score = -offsets[k];
      for (int i = 0; i < d; i++) {
        score += prepared[row * d + i] * search[k * d + i];
      }
      scores[k] = score;
      order[k] = k;
    }
    Arrays.sort(order, Comparator.<Integer>comparingDouble(k -> -scores[k]).thenComparing(k -> k));
    return Arrays.stream(order).limit(many).mapToInt(Integer::intValue).toArray();
  }

  /** As {@link #best}, in a graph: {@code [rows, D]} to {@code [rows, many]}. */
  Operand<TInt32> best(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants, int many) {
    Operand<TFloat32> prepared = CodebookGraph.prepare(tf, rows, blocks, scales, normalisesInput);
    return NeighbourGraph.best(tf, prepared, codes, constants, many);
  }

  /** The mean squared difference of a prepared vector and a code, as they are compared. */
  float error(float[] prepared, int row, int id) {
    int d = dimensions();
    double sum = 0;
    for (int i = 0; i < d; i++) {
      double difference = (double) prepared[row * d + i] - search[id * d + i];
      sum += difference * difference;
    }
    return (float) (sum / d);
  }

  /** The length of {@link #constants}. */
  int constantCount() {
    return sameVectors ? 2 : 3;
  }

  /** Codes, offsets and, where ids stand for something else than the codes, vectors. */
  List<Operand<?>> constants(Ops tf) {
    List<Operand<?>> constants = new ArrayList<>(CodebookGraph.constants(tf, search, offsets));
    if (!sameVectors) {
      constants.add(CodebookGraph.table(tf, vectors, codes));
    }
    return constants;
  }

  /** From {@code [rows, D]} to ids, errors and vectors. */
  BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants) {
    Operand<TFloat32> prepared = CodebookGraph.prepare(tf, rows, blocks, scales, normalisesInput);
    Operand<TInt32> ids = CodebookGraph.nearest(tf, prepared, codes, constants);
    Operand<TFloat32> chosen = CodebookGraph.gather(tf, ids, dimensions(), constants.get(0));
    Operand<TFloat32> found =
        sameVectors ? chosen : CodebookGraph.gather(tf, ids, dimensions(), constants.get(2));
    return BlockCodes.of(
        tf, List.of(ids), List.of(GraphMath.meanSquare(tf, tf.math.sub(prepared, chosen))), found);
  }
}
