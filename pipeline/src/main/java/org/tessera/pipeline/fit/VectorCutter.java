package org.tessera.pipeline.fit;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.tessera.model.engine.ElementType;
import org.tessera.udf.frontend.Features;

/** Cuts the features of one sample into vectors. Immutable and thread-safe. */
final class VectorCutter implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Bytes of an image become floats from 0 to 1. */
  static final float BYTE_SCALE = 1f / 255f;

  private final int patch;
  private final int most;
  private final long seed;

  /** What a specification says about cutting. */
  VectorCutter(FitSpec spec) {
    this.patch = spec.vectors().size();
    this.most = spec.training().vectorsPerSample();
    this.seed = spec.training().seed();
  }

  /**
   * The vectors of a sample, or some of them chosen by hash, in their order.
   *
   * @return row-major, of {@link #dimensions} each
   */
  float[] cut(TrainingSource.Sample sample) {
    Features features = sample.features();
    int[] shape = features.shape();
    int dimensions = dimensions(features);
    int count = count(shape);
    int[] chosen = choose(sample.id(), count);
    float[] values = features.toFloats();
    float[] vectors = new float[chosen.length * dimensions];
    for (int i = 0; i < chosen.length; i++) {
      if (patch == 0) {
        System.arraycopy(values, chosen[i] * dimensions, vectors, i * dimensions, dimensions);
      } else {
        copyPatch(values, shape, chosen[i], vectors, i * dimensions);
      }
    }
    if (patch > 0 && features.type() == ElementType.UINT8) {
      for (int i = 0; i < vectors.length; i++) {
        vectors[i] *= BYTE_SCALE;
      }
    }
    return vectors;
  }

  /** The length of the vectors of these features. */
  int dimensions(Features features) {
    int[] shape = features.shape();
    if (patch == 0) {
      return shape[shape.length - 1];
    }
    if (shape.length != 3 || shape[0] % patch != 0 || shape[1] % patch != 0) {
      throw new FitException(
          FitException.Kind.DATA,
          "Cannot cut features of shape "
              + Arrays.toString(shape)
              + " into patches of "
              + patch
              + " x "
              + patch
              + " (let the front-end make [height, width, channels] with sides"
              + " that are multiples of "
              + patch
              + ")");
    }
    return patch * patch * shape[2];
  }

  private int count(int[] shape) {
    if (patch > 0) {
      return shape[0] / patch * (shape[1] / patch);
    }
    int count = 1;
    for (int i = 0; i < shape.length - 1; i++) {
      count = Math.multiplyExact(count, shape[i]);
    }
    return count;
  }

  /** All indices, or those with the smallest hashes, in ascending order. */
  private int[] choose(String id, int count) {
    if (count <= most) {
      int[] all = new int[count];
      Arrays.setAll(all, i -> i);
      return all;
    }
    long own = Hashing.mix(seed, id);
    // The lower bits hold the index, so that equal upper bits cannot make two orders.
    int bits = 32 - Integer.numberOfLeadingZeros(count);
    return LongStream.range(0, count)
        .map(index -> Hashing.mix(own, index) >>> bits << bits | index)
        .sorted()
        .limit(most)
        .mapToInt(hash -> (int) (hash & ((1L << bits) - 1)))
        .sorted()
        .toArray();
  }

  private void copyPatch(float[] image, int[] shape, int index, float[] target, int at) {
    int columns = shape[1] / patch;
    int width = shape[1] * shape[2];
    int length = patch * shape[2];
    int start = index / columns * patch * width + index % columns * length;
    for (int row = 0; row < patch; row++) {
      System.arraycopy(image, start + row * width, target, at + row * length, length);
    }
  }
}
