package org.tessera.pipeline.fit;

import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealVector;

/** Principal component analysis: the eigenvectors of a covariance, largest variance first. */
final class PrincipalAxes {
  /** Variances below this share of the largest count as this share when they are divided by. */
  private static final double LEAST_VARIANCE = 1e-6;

  private PrincipalAxes() {}

  /**
   * The transform onto the first axes.
   *
   * @param dimensions how many axes are kept
   * @param kind {@link TransformSpec.Kind#WHITEN} divides each by its standard deviation
   */
  static Transform of(Moments moments, int dimensions, TransformSpec.Kind kind) {
    double[] mean = moments.mean();
    int from = mean.length;
    EigenDecomposition eigen =
        new EigenDecomposition(new Array2DRowRealMatrix(square(moments.covariance(), from), false));
    double[] variances = eigen.getRealEigenvalues();
    float[] forward = new float[from * dimensions];
    float[] backward = new float[dimensions * from];
    double total = 0;
    double kept = 0;
    for (int axis = 0; axis < from; axis++) {
      total += Math.max(0, variances[axis]);
      if (axis < dimensions) {
        kept += Math.max(0, variances[axis]);
        double scale =
            kind == TransformSpec.Kind.WHITEN
                ? Math.sqrt(Math.max(variances[axis], LEAST_VARIANCE * variances[0]))
                : 1;
        write(eigen.getEigenvector(axis), axis, scale > 0 ? scale : 1, forward, backward);
      }
    }
    float[] center = new float[from];
    for (int i = 0; i < from; i++) {
      center[i] = (float) mean[i];
    }
    return new Transform(center, forward, backward, total == 0 ? 1 : kept / total);
  }

  /** Writes one axis; its sign is such that its largest component is positive. */
  private static void write(
      RealVector axis, int index, double scale, float[] forward, float[] backward) {
    int from = axis.getDimension();
    int dimensions = forward.length / from;
    double largest = 0;
    for (int i = 0; i < from; i++) {
      largest = Math.abs(axis.getEntry(i)) > Math.abs(largest) ? axis.getEntry(i) : largest;
    }
    double sign = largest < 0 ? -1 : 1;
    for (int i = 0; i < from; i++) {
      forward[i * dimensions + index] = (float) (sign * axis.getEntry(i) / scale);
      backward[index * from + i] = (float) (sign * axis.getEntry(i) * scale);
    }
  }

  private static double[][] square(double[] values, int size) {
    double[][] rows = new double[size][size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        // Blocks give both halves with equal rounding, but nothing here should rest on it.
        rows[i][j] = (values[i * size + j] + values[j * size + i]) / 2;
      }
    }
    return rows;
  }
}
