package org.tessera.pipeline.stats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * The number, mean and scatter of feature vectors. A sum: {@link #add(FeatureMoments)} is that of
 * both sets, up to rounding (Chan, Golub and LeVeque 1983). Memory is eight bytes for each two
 * features, whatever the number of vectors. Not thread-safe.
 */
public final class FeatureMoments {
  private final double[] mean;

  /** Σ (x - mean)(x - mean)ᵀ, the lower triangle by rows. */
  private final double[] scatter;

  private long count;

  /**
   * No vectors yet.
   *
   * @param dimension the number of features, at least 1
   */
  public FeatureMoments(int dimension) {
    if (dimension < 1) {
      throw new IllegalArgumentException(
          "Cannot sum up vectors of " + dimension + " features (give at least 1)");
    }
    mean = new double[dimension];
    scatter = new double[Math.toIntExact(dimension * (dimension + 1L) / 2)];
  }

  /** The number of vectors. */
  public long count() {
    return count;
  }

  /** The number of features of each vector. */
  public int dimension() {
    return mean.length;
  }

  /**
   * Adds a vector.
   *
   * @throws IllegalArgumentException when it has another number of features, or one is no number
   */
  public void add(float[] vector) {
    checkDimension(vector.length);
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw new IllegalArgumentException(
            "Cannot sum up features: one is " + value + " (look at the metric model)");
      }
    }
    count++;
    double[] before = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      before[i] = vector[i] - mean[i];
      mean[i] += before[i] / count;
    }
    for (int i = 0, at = 0; i < mean.length; i++) {
      double after = vector[i] - mean[i];
      for (int j = 0; j <= i; j++) {
        scatter[at++] += after * before[j];
      }
    }
  }

  /** Adds another sum of vectors with as many features. */
  public void add(FeatureMoments other) {
    checkDimension(other.mean.length);
    if (other.count == 0) {
      return;
    }
    double all = (double) count + other.count;
    double weight = count * (other.count / all);
    double[] difference = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      difference[i] = other.mean[i] - mean[i];
    }
    for (int i = 0, at = 0; i < mean.length; i++) {
      for (int j = 0; j <= i; j++, at++) {
        scatter[at] += other.scatter[at] + weight * difference[i] * difference[j];
      }
    }
    for (int i = 0; i < mean.length; i++) {
      mean[i] += difference[i] * (other.count / all);
    }
    count += other.count;
  }

  private void checkDimension(int dimension) {
    if (dimension != mean.length) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot sum up vectors of %d and of %d features (the metric model must give equally"
                  + " many for every sample)",
              mean.length, dimension));
    }
  }

  /**
   * The Fréchet distance of two normal distributions with these moments (Dowson and Landau 1982),
   * {@code |μ1 - μ2|² + Tr(Σ1 + Σ2 - 2 (Σ1 Σ2)^½)}, as the FID is defined: with covariances over
   * {@code n - 1}. The trace of the root is the sum of the roots of the eigenvalues of {@code Σ1^½
   * Σ2 Σ1^½}, which is symmetric, so that no complex number comes up.
   *
   * @return 0 or more
   * @throws IllegalArgumentException when one has fewer than two vectors, or their features differ
   */
  public static double frechetDistance(FeatureMoments first, FeatureMoments second) {
    first.checkDimension(second.mean.length);
    if (first.count < 2 || second.count < 2) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot compare %d vectors with %d (each needs two or more)",
              first.count, second.count));
    }
    RealMatrix one = first.covariance();
    RealMatrix two = second.covariance();
    RealMatrix root = root(one);
    RealMatrix product = root.multiply(two).multiply(root);
    double roots = 0;
    for (double value : new EigenDecomposition(symmetric(product)).getRealEigenvalues()) {
      roots += Math.sqrt(Math.max(0, value));
    }
    double distance = one.getTrace() + two.getTrace() - 2 * roots;
    for (int i = 0; i < first.mean.length; i++) {
      double difference = first.mean[i] - second.mean[i];
      distance += difference * difference;
    }
    return Math.max(0, distance);
  }

  private RealMatrix covariance() {
    double[][] rows = new double[mean.length][mean.length];
    for (int i = 0, at = 0; i < mean.length; i++) {
      for (int j = 0; j <= i; j++, at++) {
        rows[i][j] = scatter[at] / (count - 1);
        rows[j][i] = rows[i][j];
      }
    }
    return new Array2DRowRealMatrix(rows, false);
  }

  /** The symmetric root of a symmetric matrix without negative eigenvalues. */
  private static RealMatrix root(RealMatrix matrix) {
    EigenDecomposition eigen = new EigenDecomposition(matrix);
    RealMatrix vectors = eigen.getV();
    RealMatrix scaled = vectors.copy();
    double[] values = eigen.getRealEigenvalues();
    for (int column = 0; column < values.length; column++) {
      double scale = Math.sqrt(Math.max(0, values[column]));
      for (int row = 0; row < values.length; row++) {
        scaled.multiplyEntry(row, column, scale);
      }
    }
    return scaled.multiply(vectors.transpose());
  }

  /** Without what rounding made unequal: the decomposition decides by exact symmetry. */
  private static RealMatrix symmetric(RealMatrix matrix) {
    return matrix.add(matrix.transpose()).scalarMultiply(0.5);
  }

  /** The form in which it crosses between machines. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(mean.length);
      out.writeLong(count);
      for (double value : mean) {
        out.writeDouble(value);
      }
      for (double value : scatter) {
        out.writeDouble(value);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write moments to memory", e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #toBytes} wrote. */
  public static FeatureMoments of(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      FeatureMoments made = new FeatureMoments(in.readInt());
      made.count = in.readLong();
      for (int i = 0; i < made.mean.length; i++) {
        made.mean[i] = in.readDouble();
      }
      for (int i = 0; i < made.scatter.length; i++) {
        made.scatter[i] = in.readDouble();
      }
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read moments: they are cut short", e);
    }
  }
}
