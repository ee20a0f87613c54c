package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.List;

/**
 * K-means over a few weighted vectors in memory: k-means++ seeding (Arthur, Vassilvitskii:
 * k-means++, SODA 2007) and some passes of Lloyd's algorithm. It makes the seeds of {@link KMeans}
 * from drawn vectors. Not thread-safe.
 */
final class WeightedKMeans {
  private static final int PASSES = 4;

  private final List<float[]> vectors;
  private final long[] weights;
  private final int dimensions;

  /** Vectors of equal length, each standing for as many vectors as its weight says. */
  WeightedKMeans(List<float[]> vectors, long[] weights) {
    this.vectors = vectors;
    this.weights = weights;
    this.dimensions = vectors.get(0).length;
  }

  /** Learns codes; there must be as many vectors at least. */
  Codebook learn(int codes, long seed) {
    float[] centers = new float[codes * dimensions];
    seed(centers, codes, seed);
    for (int pass = 0; pass < PASSES; pass++) {
      improve(centers, codes);
    }
    return new Codebook(codes, centers);
  }

  private void seed(float[] centers, int codes, long seed) {
    double[] distances = new double[vectors.size()];
    Arrays.fill(distances, 1);
    for (int code = 0; code < codes; code++) {
      int chosen = choose(distances, Hashing.unit(Hashing.mix(seed, code)));
      System.arraycopy(vectors.get(chosen), 0, centers, code * dimensions, dimensions);
      for (int i = 0; i < distances.length; i++) {
        double distance = distance(i, centers, code);
        distances[i] = code == 0 ? distance : Math.min(distances[i], distance);
      }
    }
  }

  /** The vector at share {@code u} of the weighted distances; any unused one when all are zero. */
  private int choose(double[] distances, double u) {
    double total = 0;
    for (int i = 0; i < distances.length; i++) {
      total += distances[i] * weights[i];
    }
    double left = u * total;
    int last = 0;
    for (int i = 0; i < distances.length; i++) {
      double mass = distances[i] * weights[i];
      if (mass > 0) {
        last = i;
        left -= mass;
        if (left <= 0) {
          break;
        }
      }
    }
    return last;
  }

  private void improve(float[] centers, int codes) {
    double[] sums = new double[centers.length];
    long[] counts = new long[codes];
    for (int i = 0; i < vectors.size(); i++) {
      int code = nearest(i, centers, codes);
      counts[code] += weights[i];
      for (int d = 0; d < dimensions; d++) {
        sums[code * dimensions + d] += (double) vectors.get(i)[d] * weights[i];
      }
    }
    for (int code = 0; code < codes; code++) {
      for (int d = 0; d < dimensions && counts[code] > 0; d++) {
        centers[code * dimensions + d] = (float) (sums[code * dimensions + d] / counts[code]);
      }
    }
  }

  private int nearest(int vector, float[] centers, int codes) {
    int best = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int code = 0; code < codes; code++) {
      float distance = distance(vector, centers, code);
      if (distance < least) {
        least = distance;
        best = code;
      }
    }
    return best;
  }

  private float distance(int vector, float[] centers, int code) {
    return Codebook.squaredDistance(vectors.get(vector), 0, centers, code * dimensions, dimensions);
  }
}
