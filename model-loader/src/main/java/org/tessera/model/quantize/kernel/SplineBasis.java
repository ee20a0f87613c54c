package org.tessera.model.quantize.kernel;

/**
 * Clamped uniform B-splines on {@code [0, 1]} and their least-squares fit, in 64-bit floats. Times
 * are {@code steps} equal steps from 0 to 1, both included.
 */
public final class SplineBasis {
  private SplineBasis() {}

  /**
   * The basis functions at the times, {@code [steps][basis]}, by the recursion of Cox and de Boor.
   * Knots are {@code degree+1} zeros, equal steps between, {@code degree+1} ones. At time 1 the
   * last function is 1.
   */
  public static double[][] functions(int steps, int basis, int degree) {
    double[] knots = knots(basis, degree);
    double[][] functions = new double[steps][basis];
    for (int t = 0; t < steps; t++) {
      double time = steps == 1 ? 0 : (double) t / (steps - 1);
      int span = degree;
      while (span < basis - 1 && time >= knots[span + 1]) {
        span++;
      }
      // The degree+1 functions that are not 0 at this time, from degree 0 up.
      double[] values = new double[degree + 1];
      values[0] = 1;
      for (int p = 1; p <= degree; p++) {
        double carried = 0;
        for (int r = 0; r < p; r++) {
          double right = knots[span + r + 1];
          double left = knots[span + r + 1 - p];
          double share = values[r] / (right - left);
          values[r] = carried + (right - time) * share;
          carried = (time - left) * share;
        }
        values[p] = carried;
      }
      System.arraycopy(values, 0, functions[t], span - degree, degree + 1);
    }
    return functions;
  }

  private static double[] knots(int basis, int degree) {
    double[] knots = new double[basis + degree + 1];
    int inner = basis - degree;
    for (int i = 0; i < knots.length; i++) {
      knots[i] = Math.max(0, Math.min(1, (double) (i - degree) / inner));
    }
    return knots;
  }

  /**
   * The matrix that maps a trajectory to its weights: {@code (ΦᵀΦ + ridge·I)⁻¹Φᵀ}, {@code
   * [basis][steps]}.
   */
  public static double[][] fit(double[][] functions, double ridge) {
    int steps = functions.length;
    int basis = functions[0].length;
    double[][] system = new double[basis][basis + steps];
    for (int i = 0; i < basis; i++) {
      for (int j = 0; j < basis; j++) {
        for (double[] row : functions) {
          system[i][j] += row[i] * row[j];
        }
      }
      system[i][i] += ridge;
      for (int t = 0; t < steps; t++) {
        system[i][basis + t] = functions[t][i];
      }
    }
    eliminate(system);
    double[][] fit = new double[basis][];
    for (int i = 0; i < basis; i++) {
      fit[i] = java.util.Arrays.copyOfRange(system[i], basis, basis + steps);
    }
    return fit;
  }

  /** Gauss-Jordan elimination with row pivots. */
  private static void eliminate(double[][] system) {
    int n = system.length;
    for (int column = 0; column < n; column++) {
      int pivot = column;
      for (int row = column + 1; row < n; row++) {
        if (Math.abs(system[row][column]) > Math.abs(system[pivot][column])) {
          pivot = row;
        }
      }
      double[] swap = system[column];
      system[column] = system[pivot];
      system[pivot] = swap;
      double scale = system[column][column];
      for (int j = column; j < system[column].length; j++) {
        system[column][j] /= scale;
      }
      for (int row = 0; row < n; row++) {
        double factor = system[row][column];
        for (int j = column; row != column && factor != 0 && j < system[row].length; j++) {
          system[row][j] -= factor * system[column][j];
        }
      }
    }
  }
}
