package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Chooses codes among vectors by greedy k-means++: each code is, of a few vectors drawn with
 * probability proportional to the squared distance from the codes so far, the one that lowers the
 * error most (Arthur, Vassilvitskii: k-means++, SODA 2007, section 7; scikit-learn does the same).
 * Runs on the driver's cores over the few vectors that {@link Seeds} drew. Not thread-safe.
 */
final class PlusPlus {
  /** Multiplications that the choice may cost; large codebooks get fewer trials. */
  private static final double MOST_WORK = 1.5e8;

  private final List<float[]> vectors;
  private final int dimensions;
  private final Part[] parts;

  /** Vectors of equal length, in a random order. */
  PlusPlus(List<float[]> vectors) {
    this.vectors = vectors;
    this.dimensions = vectors.get(0).length;
    this.parts = new Part[(vectors.size() - 1) / Part.MOST + 1];
    for (int i = 0; i < parts.length; i++) {
      int from = i * Part.MOST;
      parts[i] = new Part(vectors.subList(from, Math.min(from + Part.MOST, vectors.size())));
    }
  }

  /** Chooses codes; empty when there are fewer distinct vectors. */
  Optional<Codebook> choose(int codes, long seed) {
    double work = (double) vectors.size() * codes * dimensions;
    int most = 2 + (int) StrictMath.log(codes);
    int trials = Math.max(1, (int) Math.min(most, MOST_WORK / work));
    float[] chosen = new float[codes * dimensions];
    double error = Double.POSITIVE_INFINITY;
    for (int code = 0; code < codes; code++) {
      if (error == 0) {
        return Optional.empty();
      }
      double least = Double.POSITIVE_INFINITY;
      int best = 0;
      for (int t = 0; t < (code == 0 ? 1 : trials); t++) {
        double u = Hashing.unit(Hashing.mix(Hashing.mix(seed, code), t));
        int vector = code == 0 ? 0 : draw(u * error);
        double with = measure(vectors.get(vector));
        if (with < least) {
          least = with;
          best = vector;
          for (Part part : parts) {
            part.prefer();
          }
        }
      }
      for (Part part : parts) {
        part.take();
      }
      error = least;
      System.arraycopy(vectors.get(best), 0, chosen, code * dimensions, dimensions);
    }
    return Optional.of(new Codebook(codes, chosen));
  }

  /** The sum of squared distances that a further code would leave. */
  private double measure(float[] code) {
    IntStream all = IntStream.range(0, parts.length);
    (parts.length > 1 ? all.parallel() : all).forEach(i -> parts[i].measure(code));
    double error = 0;
    for (Part part : parts) {
      error += part.tried;
    }
    return error;
  }

  /** The first vector with which the sum of squared distances reaches a number. */
  private int draw(double wanted) {
    int last = 0;
    for (int i = 0; i < parts.length; i++) {
      if (wanted > parts[i].error && i < parts.length - 1) {
        wanted -= parts[i].error;
        continue;
      }
      float[] distances = parts[i].distances;
      for (int row = 0; row < distances.length; row++) {
        if (distances[row] > 0) {
          last = i * Part.MOST + row;
          wanted -= distances[row];
          if (wanted <= 0) {
            return last;
          }
        }
      }
    }
    return last;
  }

  /** Some of the vectors, and their squared distances from the codes. */
  private static final class Part {
    private static final int MOST = 1024;

    /** The vectors with the dimension first, so that the inner loop runs over neighbours. */
    private final float[][] columns;

    /** From the codes so far, from these and the preferred one, and from these and another one. */
    private float[] distances;

    private float[] preferred;
    private float[] trial;

    /** The sums of these. */
    private double error;

    private double least;
    private double tried;

    Part(List<float[]> vectors) {
      columns = new float[vectors.get(0).length][vectors.size()];
      for (int i = 0; i < vectors.size(); i++) {
        float[] vector = vectors.get(i);
        for (int d = 0; d < vector.length; d++) {
          columns[d][i] = vector[d];
        }
      }
      distances = new float[vectors.size()];
      Arrays.fill(distances, Float.POSITIVE_INFINITY);
      preferred = new float[vectors.size()];
      trial = new float[vectors.size()];
    }

    void measure(float[] code) {
      Arrays.fill(trial, 0);
      for (int d = 0; d < columns.length; d++) {
        addSquares(columns[d], code[d], trial);
      }
      double sum = 0;
      for (int i = 0; i < trial.length; i++) {
        trial[i] = trial[i] < distances[i] ? trial[i] : distances[i];
        sum += trial[i];
      }
      tried = sum;
    }

    private static void addSquares(float[] column, float center, float[] result) {
      for (int i = 0; i < result.length; i++) {
        float difference = column[i] - center;
        result[i] += difference * difference;
      }
    }

    /** Prefers the code that was measured last. */
    void prefer() {
      float[] swap = preferred;
      preferred = trial;
      trial = swap;
      least = tried;
    }

    /** Takes the preferred code. */
    void take() {
      float[] swap = distances;
      distances = preferred;
      preferred = swap;
      error = least;
    }
  }
}
