package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/**
 * Learns the rotation before a product quantizer (Ge, He, Ke, Sun: Optimized Product Quantization,
 * CVPR 2013): rounds of a short product quantization and of the rotation that brings the vectors
 * closest to their codes, {@code V Uᵀ} of the singular value decomposition of the sum of {@code
 * code · vectorᵀ}. Dimensions are dealt to the groups first, so that the product of variances is
 * about equal (the paper's parametric solution). Not thread-safe.
 */
final class OptimizedRotation {
  private static final int ROUNDS = 6;
  private static final int PASSES_PER_ROUND = 2;

  private final List<Integer> codes;
  private final TrainingSpec training;

  OptimizedRotation(List<Integer> codes, TrainingSpec training) {
    this.codes = codes;
    this.training = training;
  }

  /**
   * Learns a rotation behind a transform.
   *
   * @param raw vectors before the transform; they stay open
   * @param axes a transform on principal axes, largest variance first
   * @return both as one transform
   */
  Transform learn(VectorBlocks raw, Transform axes) {
    int dimensions = axes.to();
    int length = CodebookLearner.groupLength(dimensions, codes.size());
    Transform current = axes.rotated(deal(raw, axes, length));
    List<Codebook> codebooks = List.of();
    for (int round = 0; round < ROUNDS; round++) {
      try (VectorBlocks vectors = raw.map(current, dimensions)) {
        codebooks = quantize(vectors, length, codebooks);
        current = current.rotated(rotation(vectors, codebooks));
      }
    }
    return current;
  }

  /** A permutation: the dimension of largest variance goes where the product is smallest. */
  private double[][] deal(VectorBlocks raw, Transform axes, int length) {
    int dimensions = axes.to();
    double[] variances;
    try (VectorBlocks vectors = raw.map(axes, dimensions)) {
      variances = Moments.variances(vectors, Extent.of(vectors));
    }
    double least = Math.max(variances[dimensions - 1], 1e-12 * variances[0]);
    double[] logs = new double[codes.size()];
    int[] filled = new int[codes.size()];
    double[][] permutation = new double[dimensions][dimensions];
    for (int dimension = 0; dimension < dimensions; dimension++) {
      int best = -1;
      for (int group = 0; group < logs.length; group++) {
        if (filled[group] < length && (best < 0 || logs[group] < logs[best])) {
          best = group;
        }
      }
      permutation[dimension][best * length + filled[best]++] = 1;
      logs[best] += StrictMath.log(Math.max(variances[dimension] / least, 1));
    }
    return permutation;
  }

  /** Improves the codebooks of the last round, or begins with new ones. */
  private List<Codebook> quantize(VectorBlocks vectors, int length, List<Codebook> before) {
    TrainingSpec few = training.withPasses(PASSES_PER_ROUND);
    List<Codebook> codebooks = new ArrayList<>();
    for (int size : codes) {
      int group = codebooks.size();
      try (VectorBlocks own = vectors.map(new Slice(group * length, length), length)) {
        KMeans kmeans = new KMeans(own, few, group, new NoState(), pass -> {});
        codebooks.add(kmeans.refine(before.isEmpty() ? kmeans.seeds(size) : before.get(group)));
      }
    }
    return codebooks;
  }

  /** The rotation R, for row vectors {@code x R}, that brings x closest to its codes. */
  private static double[][] rotation(VectorBlocks vectors, List<Codebook> codebooks) {
    int dimensions = vectors.dimensions();
    double most = Extent.of(vectors).absolute();
    double scale = FixedPoint.scale(2 * most * most, vectors.count());
    Map<Integer, VectorBlocks.Part> parts =
        vectors.fold(new CrossFold(codebooks.toArray(new Codebook[0]), scale));
    RealMatrix cross = new Array2DRowRealMatrix(dimensions, dimensions);
    parts.forEach(
        (row, part) -> {
          long[] sums = ((Moments.Sums) part).sums();
          for (int column = 0; column < dimensions; column++) {
            cross.setEntry(row, column, sums[column] / scale / vectors.count());
          }
        });
    SingularValueDecomposition svd = new SingularValueDecomposition(cross);
    return svd.getU().multiply(svd.getVT()).getData();
  }

  /** Adds up {@code xᵀ · code(x)}, one part a row. */
  static final class CrossFold implements VectorBlocks.Fold {
    private static final long serialVersionUID = 1L;

    private final Codebook[] codebooks;
    private final double scale;

    CrossFold(Codebook[] codebooks, double scale) {
      this.codebooks = codebooks;
      this.scale = scale;
    }

    @Override
    public VectorBlocks.FoldWorker open() {
      return new CrossWorker(codebooks, scale);
    }
  }

  private record Nodes(
      Placeholder<TFloat32> vectors, Placeholder<TFloat32> codes, Operand<TFloat32> products) {}

  private static final class CrossWorker implements VectorBlocks.FoldWorker {
    private final Codebook[] codebooks;
    private final double scale;
    private final List<NearestCodes> nearest = new ArrayList<>();
    private final BlockSession session;
    private final Nodes nodes;
    private final int dimensions;
    private final Map<Integer, VectorBlocks.Part> parts = new TreeMap<>();

    private CrossWorker(Codebook[] codebooks, double scale) {
      this.codebooks = codebooks;
      this.scale = scale;
      this.dimensions = codebooks.length * codebooks[0].dimensions();
      for (Codebook codebook : codebooks) {
        nearest.add(new NearestCodes(codebook));
      }
      BlockSession.Handle<Nodes> handle = new BlockSession.Handle<>();
      int columns = dimensions;
      this.session = new BlockSession(tf -> build(tf, columns), handle);
      this.nodes = handle.value();
      for (int row = 0; row < dimensions; row++) {
        parts.put(row, new Moments.Sums(dimensions));
      }
    }

    private static Nodes build(Ops tf, int dimensions) {
      Placeholder<TFloat32> vectors =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, dimensions)));
      Placeholder<TFloat32> codes =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, dimensions)));
      return new Nodes(vectors, codes, tf.linalg.matMul(vectors, codes, MatMul.transposeA(true)));
    }

    @Override
    public void add(Block block) {
      float[] products = new float[dimensions * dimensions];
      try (TFloat32 vectors = BlockSession.matrix(block.count(), dimensions, block.values());
          TFloat32 codes = BlockSession.matrix(block.count(), dimensions, codes(block));
          Result result =
              session
                  .runner()
                  .feed(nodes.vectors().asOutput(), vectors)
                  .feed(nodes.codes().asOutput(), codes)
                  .fetch(nodes.products())
                  .run()) {
        BlockSession.read(result.get(0), products);
      }
      for (int row = 0; row < dimensions; row++) {
        long[] sums = ((Moments.Sums) parts.get(row)).sums();
        for (int column = 0; column < dimensions; column++) {
          sums[column] += (long) (products[row * dimensions + column] * scale);
        }
      }
    }

    private float[] codes(Block block) {
      float[] codes = new float[block.count() * dimensions];
      int length = codebooks[0].dimensions();
      for (int group = 0; group < codebooks.length; group++) {
        VectorBlocks.MapWorker slice = new Slice(group * length, length).open();
        int[] ids = nearest.get(group).search(slice.apply(block));
        for (int row = 0; row < ids.length; row++) {
          System.arraycopy(
              codebooks[group].values(),
              ids[row] * length,
              codes,
              row * dimensions + group * length,
              length);
        }
      }
      return codes;
    }

    @Override
    public Map<Integer, VectorBlocks.Part> parts() {
      return parts;
    }

    @Override
    public void close() {
      nearest.forEach(NearestCodes::close);
      session.close();
    }
  }

  /** Rounds are short: they keep no state. */
  private static final class NoState implements FitState {
    @Override
    public Optional<byte[]> read(String name) {
      return Optional.empty();
    }

    @Override
    public void write(String name, byte[] content) {}
  }
}
