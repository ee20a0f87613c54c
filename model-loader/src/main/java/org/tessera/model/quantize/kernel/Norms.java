package org.tessera.model.quantize.kernel;

/** Euclidean norms. */
public final class Norms {
  /** The smallest norm that vectors are divided by, as in PyTorch's {@code F.normalize}. */
  public static final float EPSILON = 1e-12f;

  private Norms() {}

  /** Divides a part of an array by its Euclidean norm, or by {@link #EPSILON} if that is larger. */
  public static void normalise(float[] source, int from, float[] target, int to, int length) {
    double square = 0;
    for (int i = 0; i < length; i++) {
      square += (double) source[from + i] * source[from + i];
    }
    float norm = Math.max((float) Math.sqrt(square), EPSILON);
    for (int i = 0; i < length; i++) {
      target[to + i] = source[from + i] / norm;
    }
  }

  /** Half the squared norm of each row. */
  public static float[] halfSquares(float[] table, int dimensions) {
    float[] halves = new float[table.length / dimensions];
    for (int k = 0; k < halves.length; k++) {
      double square = 0;
      for (int d = 0; d < dimensions; d++) {
        double value = table[k * dimensions + d];
        square += value * value;
      }
      halves[k] = (float) (square / 2);
    }
    return halves;
  }
}
