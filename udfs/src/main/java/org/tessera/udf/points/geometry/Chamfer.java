package org.tessera.udf.points.geometry;

import org.tessera.udf.points.read.Deadline;
import org.tessera.udf.sample.SampleException;

/**
 * How far two clouds are apart. With d1 the squared distances of a's points to their nearest of b
 * and d2 those of b's to a: {@code l2 = mean d1 + mean d2}, {@code l1 = (mean √d1 + mean √d2) / 2},
 * and the F-score {@code 2PR / (P + R)} of precision (b's points nearer than the threshold to a)
 * and recall (a's to b), as Point-BERT and PoinTr report them (they multiply l1 and l2 by 1000).
 *
 * @param l1 in the clouds' unit
 * @param l2 in the clouds' unit, squared
 * @param fScore 0 to 1
 */
public record Chamfer(double l1, double l2, double fScore) {
  /**
   * Compares a cloud with its reconstruction.
   *
   * @param a the original, at least one point
   * @param b the reconstruction, at least one point
   * @param threshold the distance below which a point counts as found
   */
  public static Chamfer between(FloatPoints a, FloatPoints b, double threshold) {
    try {
      float[] d1 = NearestPoints.squaredDistances(b, a, Deadline.NONE);
      float[] d2 = NearestPoints.squaredDistances(a, b, Deadline.NONE);
      double recall = within(d1, threshold);
      double precision = within(d2, threshold);
      double sum = precision + recall;
      return new Chamfer(
          (meanRoot(d1) + meanRoot(d2)) / 2,
          mean(d1) + mean(d2),
          sum == 0 ? 0 : 2 * precision * recall / sum);
    } catch (SampleException e) {
      throw new IllegalStateException("Cannot compare clouds without a deadline", e);
    }
  }

  private static double mean(float[] squared) {
    double sum = 0;
    for (float value : squared) {
      sum += value;
    }
    return sum / squared.length;
  }

  private static double meanRoot(float[] squared) {
    double sum = 0;
    for (float value : squared) {
      sum += Math.sqrt(value);
    }
    return sum / squared.length;
  }

  private static double within(float[] squared, double threshold) {
    int count = 0;
    for (float value : squared) {
      if (Math.sqrt(value) < threshold) {
        count++;
      }
    }
    return (double) count / squared.length;
  }
}
