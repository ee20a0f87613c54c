package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TFloat32;

/** Mean and covariance of all vectors. Immutable. */
final class Moments {
  private static final int PART_VALUES = 1 << 19;

  private final double[] mean;
  private final double[] covariance;

  private Moments(double[] mean, double[] covariance) {
    this.mean = mean;
    this.covariance = covariance;
  }

  /** Goes through the vectors twice: for the mean, and for products of differences from it. */
  static Moments of(VectorBlocks blocks, Extent extent) {
    double[] mean = mean(blocks, extent);
    float[] center = new float[mean.length];
    double most = 0;
    for (int i = 0; i < mean.length; i++) {
      center[i] = (float) mean[i];
      most = Math.max(most, extent.most()[i] - mean[i]);
      most = Math.max(most, mean[i] - extent.least()[i]);
    }
    double scale = FixedPoint.scale(2 * most * most, blocks.count());
    Map<Integer, VectorBlocks.Part> parts = blocks.fold(new ProductFold(center, scale));
    double[] covariance = new double[mean.length * mean.length];
    parts.forEach(
        (key, part) -> {
          long[] sums = ((Sums) part).sums;
          int start = key * rowsPerPart(mean.length) * mean.length;
          for (int i = 0; i < sums.length; i++) {
            covariance[start + i] = sums[i] / scale / blocks.count();
          }
        });
    return new Moments(mean, covariance);
  }

  /** The mean of each dimension. */
  static double[] mean(VectorBlocks blocks, Extent extent) {
    double scale = FixedPoint.scale(extent.absolute(), blocks.count());
    long[] sums = ((Sums) blocks.fold(new SumFold(blocks.dimensions(), scale)).get(0)).sums;
    return Arrays.stream(sums).mapToDouble(sum -> sum / scale / blocks.count()).toArray();
  }

  /** The variance of each dimension. */
  static double[] variances(VectorBlocks blocks, Extent extent) {
    double[] mean = mean(blocks, extent);
    double most = 2 * extent.absolute();
    double scale = FixedPoint.scale(most * most, blocks.count());
    long[] sums = ((Sums) blocks.fold(new SquareFold(mean, scale)).get(0)).sums;
    return Arrays.stream(sums).mapToDouble(sum -> sum / scale / blocks.count()).toArray();
  }

  double[] mean() {
    return mean.clone();
  }

  /** Covariances (divided by the number of vectors), {@code dimensions × dimensions}. */
  double[] covariance() {
    return covariance.clone();
  }

  private static int rowsPerPart(int dimensions) {
    return Math.max(1, PART_VALUES / dimensions);
  }

  static final class Sums implements VectorBlocks.Part {
    private static final long serialVersionUID = 1L;

    private final long[] sums;

    Sums(int size) {
      sums = new long[size];
    }

    long[] sums() {
      return sums;
    }

    @Override
    public Sums merge(VectorBlocks.Part other) {
      Sums more = (Sums) other;
      Arrays.setAll(sums, i -> sums[i] + more.sums[i]);
      return this;
    }
  }

  static final class SumFold implements VectorBlocks.Fold {
    private static final long serialVersionUID = 1L;

    private final int dimensions;
    private final double scale;

    SumFold(int dimensions, double scale) {
      this.dimensions = dimensions;
      this.scale = scale;
    }

    @Override
    public VectorBlocks.FoldWorker open() {
      Sums sums = new Sums(dimensions);
      return new VectorBlocks.FoldWorker() {
        @Override
        public void add(Block block) {
          float[] values = block.values();
          for (int start = 0; start < values.length; start += dimensions) {
            for (int i = 0; i < dimensions; i++) {
              sums.sums[i] += (long) (values[start + i] * scale);
            }
          }
        }

        @Override
        public Map<Integer, VectorBlocks.Part> parts() {
          return Map.of(0, sums);
        }
      };
    }
  }

  /** Adds up squared differences from the mean. */
  static final class SquareFold implements VectorBlocks.Fold {
    private static final long serialVersionUID = 1L;

    private final double[] mean;
    private final double scale;

    SquareFold(double[] mean, double scale) {
      this.mean = mean;
      this.scale = scale;
    }

    @Override
    public VectorBlocks.FoldWorker open() {
      Sums sums = new Sums(mean.length);
      return new VectorBlocks.FoldWorker() {
        @Override
        public void add(Block block) {
          float[] values = block.values();
          for (int start = 0; start < values.length; start += mean.length) {
            for (int i = 0; i < mean.length; i++) {
              double difference = values[start + i] - mean[i];
              sums.sums[i] += (long) (difference * difference * scale);
            }
          }
        }

        @Override
        public Map<Integer, VectorBlocks.Part> parts() {
          return Map.of(0, sums);
        }
      };
    }
  }

  static final class ProductFold implements VectorBlocks.Fold {
    private static final long serialVersionUID = 1L;

    private final float[] center;
    private final double scale;

    ProductFold(float[] center, double scale) {
      this.center = center;
      this.scale = scale;
    }

    @Override
    public VectorBlocks.FoldWorker open() {
      return new ProductWorker(center, scale);
    }
  }

  private record Nodes(Placeholder<TFloat32> vectors, Operand<TFloat32> products) {}

  private static final class ProductWorker implements VectorBlocks.FoldWorker {
    private final BlockSession session;
    private final Nodes nodes;
    private final int dimensions;
    private final double scale;
    private final float[] products;
    private final Map<Integer, VectorBlocks.Part> parts = new TreeMap<>();

    private ProductWorker(float[] center, double scale) {
      BlockSession.Handle<Nodes> handle = new BlockSession.Handle<>();
      this.session = new BlockSession(tf -> build(tf, center), handle);
      this.nodes = handle.value();
      this.dimensions = center.length;
      this.scale = scale;
      this.products = new float[dimensions * dimensions];
      int rows = rowsPerPart(dimensions);
      for (int start = 0; start < dimensions; start += rows) {
        parts.put(start / rows, new Sums(Math.min(rows, dimensions - start) * dimensions));
      }
    }

    private static Nodes build(Ops tf, float[] center) {
      Placeholder<TFloat32> vectors =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, center.length)));
      Operand<TFloat32> centered = tf.math.sub(vectors, tf.constant(center));
      return new Nodes(vectors, tf.linalg.matMul(centered, centered, MatMul.transposeA(true)));
    }

    @Override
    public void add(Block block) {
      try (TFloat32 vectors =
              BlockSession.matrix(block.count(), block.dimensions(), block.values());
          Result result =
              session
                  .runner()
                  .feed(nodes.vectors().asOutput(), vectors)
                  .fetch(nodes.products())
                  .run()) {
        BlockSession.read(result.get(0), products);
      }
      int rows = rowsPerPart(dimensions);
      parts.forEach(
          (key, part) -> {
            long[] sums = ((Sums) part).sums;
            int start = key * rows * dimensions;
            for (int i = 0; i < sums.length; i++) {
              sums[i] += (long) (products[start + i] * scale);
            }
          });
    }

    @Override
    public Map<Integer, VectorBlocks.Part> parts() {
      return parts;
    }

    @Override
    public void close() {
      session.close();
    }
  }
}
