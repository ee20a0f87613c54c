package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses codes among weighted vectors by greedy k-means++: each code is, of a few vectors drawn
 * with probability proportional to weight times squared distance from the codes so far, the one
 * that lowers the error most (Arthur, Vassilvitskii: k-means++, SODA 2007, section 7; scikit-learn
 * does the same). Runs on the driver over the few vectors that {@link Seeds} drew. Not thread-safe.
 */
final class PlusPlus {
  /** Multiplications that the choice may cost; large codebooks get fewer trials. */
  private static final double MOST_WORK = 4e9;

  private final List<float[]> vectors;
  private final long[] weights;
  private final int dimensions;

  /** Vectors of equal length, each standing for as many vectors as its weight says. */
  PlusPlus(List<float[]> vectors, long[] weights) {
    this.vectors = vectors;
    this.weights = weights;
    this.dimensions = vectors.get(0).length;
  }

  /** Chooses codes; there must be as many vectors at least. */
  Codebook choose(int codes, long seed) {
    double work = (double) vectors.size() * codes * dimensions;
    int most = 2 + (int) StrictMath.log(codes);
    int trials = Math.max(1, (int) Math.min(most, MOST_WORK / work));
    float[] chosen = new float[codes * dimensions];
    double[] distances = new double[vectors.size()];
    Arrays.fill(distances, Double.MAX_VALUE);
    for (int code = 0; code < codes; code++) {
      Trial best = null;
      for (int trial = 0; trial < (code == 0 ? 1 : trials); trial++) {
        double u = Hashing.unit(Hashing.mix(Hashing.mix(seed, code), trial));
        Trial next = trial(distances, code == 0 ? draw(null, u) : draw(distances, u));
        if (best == null || next.error < best.error) {
          best = next;
        }
      }
      distances = best.distances;
      System.arraycopy(vectors.get(best.vector), 0, chosen, code * dimensions, dimensions);
    }
    return new Codebook(codes, chosen);
  }

  /** What the squared distances become with one more vector, and their weighted sum. */
  private record Trial(int vector, double[] distances, double error) {}

  private Trial trial(double[] before, int vector) {
    float[] center = vectors.get(vector);
    double[] after =
        IntStream.range(0, before.length)
            .parallel()
            .mapToDouble(
                i ->
                    Math.min(
                        before[i],
                        Codebook.squaredDistance(vectors.get(i), 0, center, 0, dimensions)))
            .toArray();
    double error = 0;
    for (int i = 0; i < after.length; i++) {
      error += after[i] * weights[i];
    }
    return new Trial(vector, after, error);
  }

  /** The vector at share {@code u} of weight times distance, or of the weights alone. */
  private int draw(double[] distances, double u) {
    double[] mass = new double[weights.length];
    double total = 0;
    for (int i = 0; i < mass.length; i++) {
      mass[i] = distances == null ? weights[i] : distances[i] * weights[i];
      total += mass[i];
    }
    double left = u * total;
    int last = 0;
    for (int i = 0; i < mass.length; i++) {
      if (mass[i] > 0) {
        last = i;
        left -= mass[i];
        if (left <= 0) {
          break;
        }
      }
    }
    return last;
  }
}
