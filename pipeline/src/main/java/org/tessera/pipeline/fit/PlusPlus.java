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
  private final List<float[]> vectors;
  private final double mostWork;
  private final int dimensions;
  private final Part[] parts;

  /**
   * A choice among vectors of equal length, in a random order.
   *
   * @param mostWork multiplications that it may cost; large codebooks get fewer trials
   */
  PlusPlus(List<float[]> vectors, double mostWork) {
    this.vectors = vectors;
    this.mostWork = mostWork;
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
    int trials = Math.max(1, (int) Math.min(most, mostWork / work));
    float[] chosen = new float[codes * dimensions];
    double error = Double.POSITIVE_INFINITY;
    for (int code = 0; code < codes; code++) {
      if (error == 0) {
        return Optional.empty();
      }
      float[][] tried = new float[code == 0 ? 1 : trials][];
      for (int t = 0; t < tried.length; t++) {
        double u = Hashing.unit(Hashing.mix(Hashing.mix(seed, code), t));
        tried[t] = vectors.get(code == 0 ? 0 : draw(u * error));
      }
      double[] errors = measure(tried);
      int best = 0;
      for (int t = 1; t < tried.length; t++) {
        best = errors[t] < errors[best] ? t : best;
      }
      for (Part part : parts) {
        part.take(best);
      }
      error = errors[best];
      System.arraycopy(tried[best], 0, chosen, code * dimensions, dimensions);
    }
    return Optional.of(new Codebook(codes, chosen));
  }

  /** The sum of squared distances that each of some vectors would leave as a further code. */
  private double[] measure(float[][] tried) {
    IntStream all = IntStream.range(0, parts.length);
    (parts.length > 1 ? all.parallel() : all).forEach(i -> parts[i].measure(tried));
    double[] errors = new double[tried.length];
    for (Part part : parts) {
      for (int t = 0; t < errors.length; t++) {
        errors[t] += part.errors[t];
      }
    }
    return errors;
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

    /** From the codes so far, and their sum. */
    private float[] distances;

    private double error;

    /** From these and each of the vectors that were measured last, and the sums. */
    private float[][] trials = new float[0][];

    private double[] errors;

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
    }

    void measure(float[][] tried) {
      if (trials.length < tried.length) {
        trials = new float[tried.length][distances.length];
        errors = new double[tried.length];
      }
      for (int t = 0; t < tried.length; t++) {
        errors[t] = measure(tried[t], trials[t]);
      }
    }

    private double measure(float[] code, float[] trial) {
      Arrays.fill(trial, 0);
      for (int d = 0; d < columns.length; d++) {
        addSquares(columns[d], code[d], trial);
      }
      double sum = 0;
      for (int i = 0; i < trial.length; i++) {
        trial[i] = trial[i] < distances[i] ? trial[i] : distances[i];
        sum += trial[i];
      }
      return sum;
    }

    private static void addSquares(float[] column, float center, float[] result) {
      for (int i = 0; i < result.length; i++) {
        float difference = column[i] - center;
        result[i] += difference * difference;
      }
    }

    /** Takes one of the vectors that were measured last as a code. */
    void take(int trial) {
      float[] swap = distances;
      distances = trials[trial];
      trials[trial] = swap;
      error = errors[trial];
    }
  }
}
