package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.List;

/**
 * Chooses codes among weighted vectors by greedy k-means++: each code is, of a few vectors drawn
 * with probability proportional to weight times squared distance from the codes so far, the one
 * that lowers the error most (Arthur, Vassilvitskii: k-means++, SODA 2007, section 7; scikit-learn
 * does the same). Runs on the driver over the few vectors that {@link Seeds} drew. Not thread-safe.
 */
final class PlusPlus {
  /** Multiplications that the choice may cost; large codebooks get fewer trials. */
  private static final double MOST_WORK = 6e8;

  private final List<float[]> vectors;
  private final long[] weights;
  private final int dimensions;

  /** The vectors with the dimension first, so that the inner loop runs over neighbours. */
  private final float[][] columns;

  /** Vectors of equal length, each standing for as many vectors as its weight says. */
  PlusPlus(List<float[]> vectors, long[] weights) {
    this.vectors = vectors;
    this.weights = weights;
    this.dimensions = vectors.get(0).length;
    this.columns = new float[dimensions][vectors.size()];
    for (int i = 0; i < vectors.size(); i++) {
      for (int d = 0; d < dimensions; d++) {
        columns[d][i] = vectors.get(i)[d];
      }
    }
  }

  /** Chooses codes; there must be as many vectors at least. */
  Codebook choose(int codes, long seed) {
    double work = (double) vectors.size() * codes * dimensions;
    int most = 2 + (int) StrictMath.log(codes);
    int trials = Math.max(1, (int) Math.min(most, MOST_WORK / work));
    float[] chosen = new float[codes * dimensions];
    float[] distances = new float[vectors.size()];
    Arrays.fill(distances, 1);
    float[] trial = new float[distances.length];
    float[] best = new float[distances.length];
    for (int code = 0; code < codes; code++) {
      double[] mass = mass(distances);
      double least = Double.POSITIVE_INFINITY;
      int bestVector = 0;
      for (int t = 0; t < (code == 0 ? 1 : trials); t++) {
        int vector = draw(mass, Hashing.unit(Hashing.mix(Hashing.mix(seed, code), t)));
        measure(vector, trial);
        double error = 0;
        for (int i = 0; i < trial.length; i++) {
          trial[i] = code == 0 ? trial[i] : Math.min(trial[i], distances[i]);
          error += (double) trial[i] * weights[i];
        }
        if (error < least) {
          least = error;
          bestVector = vector;
          float[] swap = best;
          best = trial;
          trial = swap;
        }
      }
      System.arraycopy(best, 0, distances, 0, distances.length);
      System.arraycopy(vectors.get(bestVector), 0, chosen, code * dimensions, dimensions);
    }
    return new Codebook(codes, chosen);
  }

  /** Squared distances of all vectors from one. */
  private void measure(int vector, float[] result) {
    Arrays.fill(result, 0);
    float[] center = vectors.get(vector);
    for (int d = 0; d < dimensions; d++) {
      addSquares(columns[d], center[d], result);
    }
  }

  private static void addSquares(float[] column, float center, float[] result) {
    for (int i = 0; i < result.length; i++) {
      float difference = column[i] - center;
      result[i] += difference * difference;
    }
  }

  /** Running sums of weight times distance. */
  private double[] mass(float[] distances) {
    double[] mass = new double[distances.length];
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      sum += (double) distances[i] * weights[i];
      mass[i] = sum;
    }
    return mass;
  }

  /** The first vector whose running sum reaches share {@code u} of the whole. */
  private static int draw(double[] mass, double u) {
    double wanted = u * mass[mass.length - 1];
    int low = 0;
    int high = mass.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (mass[middle] >= wanted) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }
}
