package org.tessera.udf.points.geometry;

/**
 * Points as three arrays of 32-bit floats, the precision that models and the reference kernels
 * compute in. The arrays are not copied and must not change; all values must be finite.
 */
public record FloatPoints(float[] x, float[] y, float[] z) {
  public FloatPoints {
    if (x.length != y.length || x.length != z.length) {
      throw new IllegalArgumentException(
          "Cannot use points with "
              + x.length
              + ", "
              + y.length
              + " and "
              + z.length
              + " coordinates (give as many of each)");
    }
  }

  /** The number of points. */
  public int size() {
    return x.length;
  }

  /**
   * From point-by-point coordinates, rounded to floats.
   *
   * @param xyz at least 3 × size values
   */
  public static FloatPoints of(double[] xyz, int size) {
    float[] x = new float[size];
    float[] y = new float[size];
    float[] z = new float[size];
    for (int i = 0; i < size; i++) {
      x[i] = (float) xyz[3 * i];
      y[i] = (float) xyz[3 * i + 1];
      z[i] = (float) xyz[3 * i + 2];
    }
    return new FloatPoints(x, y, z);
  }

  /**
   * The squared distance of two points in float arithmetic: {@code (dx² + dy²) + dz²}, each
   * operation rounded, no fused multiply-add.
   */
  static float squared(float dx, float dy, float dz) {
    return dx * dx + dy * dy + dz * dz;
  }
}
