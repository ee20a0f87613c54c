package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.Map;

/** The least and the greatest value of each dimension. */
final class Extent implements VectorBlocks.Part {
  private static final long serialVersionUID = 1L;

  private final float[] least;
  private final float[] most;

  private Extent(int dimensions) {
    least = new float[dimensions];
    most = new float[dimensions];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    Arrays.fill(most, Float.NEGATIVE_INFINITY);
  }

  /**
   * Finds the extent of all vectors.
   *
   * @throws FitException when a value is not finite
   */
  static Extent of(VectorBlocks blocks) {
    return (Extent) blocks.fold(new ExtentFold(blocks.dimensions())).get(0);
  }

  static final class ExtentFold implements VectorBlocks.Fold {
    private static final long serialVersionUID = 1L;

    private final int dimensions;

    ExtentFold(int dimensions) {
      this.dimensions = dimensions;
    }

    @Override
    public VectorBlocks.FoldWorker open() {
      Extent extent = new Extent(dimensions);
      return new VectorBlocks.FoldWorker() {
        @Override
        public void add(Block block) {
          extent.add(block);
        }

        @Override
        public Map<Integer, VectorBlocks.Part> parts() {
          return Map.of(0, extent);
        }
      };
    }
  }

  private void add(Block block) {
    float[] values = block.values();
    for (int start = 0; start < values.length; start += least.length) {
      widen(values, start);
    }
  }

  private void widen(float[] values, int start) {
    float check = 0;
    for (int i = 0; i < least.length; i++) {
      float value = values[start + i];
      // Nought, unless the value is not finite.
      check += value * 0;
      if (value < least[i]) {
        least[i] = value;
      }
      if (value > most[i]) {
        most[i] = value;
      }
    }
    if (check != 0) {
      refuse(values, start);
    }
  }

  private void refuse(float[] values, int start) {
    for (int i = 0; i < least.length; i++) {
      if (!Float.isFinite(values[start + i])) {
        throw new FitException(
            FitException.Kind.DATA,
            "Cannot learn from features with the value "
                + values[start + i]
                + " in dimension "
                + i
                + " (check the front-end steps)");
      }
    }
  }

  @Override
  public Extent merge(VectorBlocks.Part other) {
    Extent extent = (Extent) other;
    for (int i = 0; i < least.length; i++) {
      least[i] = Math.min(least[i], extent.least[i]);
      most[i] = Math.max(most[i], extent.most[i]);
    }
    return this;
  }

  /** The least value of each dimension. */
  float[] least() {
    return least.clone();
  }

  /** The greatest value of each dimension. */
  float[] most() {
    return most.clone();
  }

  /** The greatest absolute value. */
  double absolute() {
    double result = 0;
    for (int i = 0; i < least.length; i++) {
      result = Math.max(result, Math.max(Math.abs(least[i]), Math.abs(most[i])));
    }
    return result;
  }
}
