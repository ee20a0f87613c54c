package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.Map;

/** How often each code was taken off, and the error that was left. */
final class Usage implements VectorBlocks.Part {
  private static final long serialVersionUID = 1L;

  private final long[] counts;
  private final double scale;
  private long error;

  private Usage(int codes, double scale) {
    this.counts = new long[codes];
    this.scale = scale;
  }

  /** Counts the codes of blocks that {@link LeftOver} made. */
  static Usage of(VectorBlocks leftOver, int codes, double most) {
    double scale = FixedPoint.scale(most * most * leftOver.dimensions(), leftOver.count());
    return (Usage) leftOver.fold(new UsageFold(codes, scale)).get(0);
  }

  private static final class UsageFold implements VectorBlocks.Fold {
    private static final long serialVersionUID = 1L;

    private final int codes;
    private final double scale;

    private UsageFold(int codes, double scale) {
      this.codes = codes;
      this.scale = scale;
    }

    @Override
    public VectorBlocks.FoldWorker open() {
      Usage usage = new Usage(codes, scale);
      float[] zero = new float[1 << 13];
      return new VectorBlocks.FoldWorker() {
        @Override
        public void add(Block block) {
          int dimensions = block.dimensions();
          for (int row = 0; row < block.count(); row++) {
            usage.counts[block.codes()[row]]++;
            float left =
                Codebook.squaredDistance(block.values(), row * dimensions, zero, 0, dimensions);
            usage.error += (long) (left * usage.scale);
          }
        }

        @Override
        public Map<Integer, VectorBlocks.Part> parts() {
          return Map.of(0, usage);
        }
      };
    }
  }

  @Override
  public Usage merge(VectorBlocks.Part other) {
    Usage usage = (Usage) other;
    Arrays.setAll(counts, i -> counts[i] + usage.counts[i]);
    error += usage.error;
    return this;
  }

  long[] counts() {
    return counts;
  }

  /** The sum of squared errors. */
  double error() {
    return error / scale;
  }

  /** How many codes occur. */
  static int used(long[] counts) {
    return (int) Arrays.stream(counts).filter(count -> count > 0).count();
  }

  /** Two to the entropy of the codes in bits: how many equally likely codes would carry as much. */
  static double perplexity(long[] counts) {
    double total = Arrays.stream(counts).sum();
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        entropy -= count / total * StrictMath.log(count / total);
      }
    }
    return StrictMath.exp(entropy);
  }
}
