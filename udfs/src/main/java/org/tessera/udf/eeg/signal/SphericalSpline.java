package org.tessera.udf.eeg.signal;

/**
 * Interpolation of potentials on a sphere (Perrin, Pernier, Bertrand, Echallier 1989) with MNE's
 * numbers: splines of order 4, 50 Legendre terms, 1e-5 added to the diagonal.
 */
public final class SphericalSpline {
  private static final int ORDER = 4;
  private static final int TERMS = 50;
  private static final double RIDGE = 1e-5;

  private SphericalSpline() {}

  /**
   * The weights of known places for wanted ones.
   *
   * @param known places as x, y, z from the centre of the sphere; at least one, none at the centre
   * @param wanted places in the same way
   * @return one row for each wanted place, one number for each known one
   * @throws IllegalArgumentException where two known places are the same and no weights exist
   */
  public static double[][] weights(double[][] known, double[][] wanted) {
    int count = known.length;
    double[][] system = new double[count + 1][count + 1];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        system[i][j] = spline(cosine(known[i], known[j])) + (i == j ? RIDGE : 0);
      }
      system[i][count] = 1;
      system[count][i] = 1;
    }
    // The weights are the row (g, 1) times the inverse; the system is symmetric, so they solve it.
    double[][] sides = new double[wanted.length][count + 1];
    for (int row = 0; row < wanted.length; row++) {
      for (int j = 0; j < count; j++) {
        sides[row][j] = spline(cosine(wanted[row], known[j]));
      }
      sides[row][count] = 1;
    }
    solve(system, sides);
    double[][] weights = new double[wanted.length][];
    for (int row = 0; row < wanted.length; row++) {
      weights[row] = java.util.Arrays.copyOf(sides[row], count);
    }
    return weights;
  }

  private static double cosine(double[] a, double[] b) {
    double product = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    return product / (length(a) * length(b));
  }

  private static double length(double[] a) {
    return Math.sqrt(a[0] * a[0] + a[1] * a[1] + a[2] * a[2]);
  }

  /** {@code 1 / 4π Σ (2n + 1) / (n (n + 1))^m · P_n(x)}. */
  private static double spline(double x) {
    double before = 1;
    double legendre = x;
    double sum = 0;
    for (int n = 1; n <= TERMS; n++) {
      sum += (2 * n + 1) / (Math.pow((double) n * (n + 1), ORDER) * 4 * Math.PI) * legendre;
      double next = ((2 * n + 1) * x * legendre - n * before) / (n + 1);
      before = legendre;
      legendre = next;
    }
    return sum;
  }

  /** Gauss's elimination with row pivots; every right side becomes its solution. */
  private static void solve(double[][] matrix, double[][] sides) {
    int size = matrix.length;
    for (int column = 0; column < size; column++) {
      int pivot = column;
      for (int row = column + 1; row < size; row++) {
        if (Math.abs(matrix[row][column]) > Math.abs(matrix[pivot][column])) {
          pivot = row;
        }
      }
      if (!(Math.abs(matrix[pivot][column]) > 1e-14)) {
        throw new IllegalArgumentException(
            "Cannot interpolate between these places (are two the same?)");
      }
      double[] swap = matrix[pivot];
      matrix[pivot] = matrix[column];
      matrix[column] = swap;
      for (double[] side : sides) {
        double value = side[pivot];
        side[pivot] = side[column];
        side[column] = value;
      }
      for (int row = column + 1; row < size; row++) {
        double factor = matrix[row][column] / matrix[column][column];
        for (int k = column; k < size; k++) {
          matrix[row][k] -= factor * matrix[column][k];
        }
        for (double[] side : sides) {
          side[row] -= factor * side[column];
        }
      }
    }
    for (double[] side : sides) {
      for (int row = size - 1; row >= 0; row--) {
        for (int k = row + 1; k < size; k++) {
          side[row] -= matrix[row][k] * side[k];
        }
        side[row] /= matrix[row][row];
      }
    }
  }
}
