package org.tessera.udf.points.geometry;

/**
 * Places on the surface of a mesh, evenly by area: a triangle is drawn with a chance equal to its
 * share of the area (the first whose running sum is above {@code unit() × total}), and a place in
 * it as {@code (1 - √u) A + √u (1 - v) B + √u v C} with u and v the next two of {@code unit()}
 * (Osada et al. 2002).
 *
 * @param triangles the triangle of each place
 * @param weights of each place, what the triangle's three corners count
 */
public record SurfaceSampler(int[] triangles, double[] weights) {
  /**
   * Draws places.
   *
   * @param xyz the corners' coordinates
   * @param corners three corner indices for each triangle, at least one triangle
   * @return no place when the surface has no area, or none that is finite
   */
  public static SurfaceSampler draw(double[] xyz, int[] corners, int count, SplitMix64 random) {
    double[] sums = new double[corners.length / 3];
    double total = 0;
    for (int t = 0; t < sums.length; t++) {
      total += area(xyz, corners, t);
      sums[t] = total;
    }
    if (!(total > 0) || Double.isInfinite(total)) {
      return new SurfaceSampler(new int[0], new double[0]);
    }
    int[] triangles = new int[count];
    double[] weights = new double[Math.multiplyExact(3, count)];
    for (int i = 0; i < count; i++) {
      triangles[i] = find(sums, random.unit() * total);
      double root = Math.sqrt(random.unit());
      double v = random.unit();
      weights[3 * i] = 1 - root;
      weights[3 * i + 1] = root * (1 - v);
      weights[3 * i + 2] = root * v;
    }
    return new SurfaceSampler(triangles, weights);
  }

  /** The number of places. */
  public int count() {
    return triangles.length;
  }

  /** A place's value of something that the corners have values of: {@code (wA a + wB b) + wC c}. */
  public double mix(int place, double a, double b, double c) {
    return weights[3 * place] * a + weights[3 * place + 1] * b + weights[3 * place + 2] * c;
  }

  private static int find(double[] sums, double value) {
    int low = 0;
    int high = sums.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sums[middle] > value) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Half the length of the cross product of two sides. */
  private static double area(double[] xyz, int[] corners, int t) {
    int a = 3 * corners[3 * t];
    int b = 3 * corners[3 * t + 1];
    int c = 3 * corners[3 * t + 2];
    double ux = xyz[b] - xyz[a];
    double uy = xyz[b + 1] - xyz[a + 1];
    double uz = xyz[b + 2] - xyz[a + 2];
    double vx = xyz[c] - xyz[a];
    double vy = xyz[c + 1] - xyz[a + 1];
    double vz = xyz[c + 2] - xyz[a + 2];
    double x = uy * vz - uz * vy;
    double y = uz * vx - ux * vz;
    double z = ux * vy - uy * vx;
    return Math.sqrt(x * x + y * y + z * z) / 2;
  }
}
