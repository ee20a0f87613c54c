package org.tessera.udf.points.geometry;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;

/** The plain definitions, written for clarity alone, and clouds to try them on. */
final class NaiveGeometry {
  private NaiveGeometry() {}

  /** The loop of Pointnet2_PyTorch's kernel, for one thread. */
  static int[] farthest(FloatPoints p, int count, FarthestPoints.Candidates candidates) {
    float[] nearest = new float[p.size()];
    Arrays.fill(nearest, Float.POSITIVE_INFINITY);
    int[] out = new int[count];
    int last = 0;
    for (int j = 1; j < count; j++) {
      int best = 0;
      float bestDistance = -1;
      for (int k = 0; k < p.size(); k++) {
        float norm = p.x()[k] * p.x()[k] + p.y()[k] * p.y()[k] + p.z()[k] * p.z()[k];
        if (candidates == FarthestPoints.Candidates.AWAY_FROM_ORIGIN && norm <= 1e-3) {
          continue;
        }
        nearest[k] = Math.min(nearest[k], distance(p, k, p, last));
        if (nearest[k] > bestDistance) {
          bestDistance = nearest[k];
          best = k;
        }
      }
      out[j] = best;
      last = best;
    }
    return out;
  }

  static float distance(FloatPoints a, int i, FloatPoints b, int j) {
    float dx = a.x()[i] - b.x()[j];
    float dy = a.y()[i] - b.y()[j];
    float dz = a.z()[i] - b.z()[j];
    return dx * dx + dy * dy + dz * dz;
  }

  /** All points sorted by distance; the sort is stable, so equal ones stay in index order. */
  static int[] nearest(FloatPoints points, FloatPoints places, int place, int k) {
    return IntStream.range(0, points.size())
        .boxed()
        .sorted(Comparator.comparing(i -> distance(points, i, places, place)))
        .limit(k)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Clouds with few and many equal distances, by kind. */
  static FloatPoints cloud(String kind, int size, long seed) {
    Random random = new Random(seed);
    double[] xyz = new double[3 * size];
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] =
          switch (kind) {
            case "normal" -> random.nextGaussian();
            case "grid" -> random.nextInt(6);
            case "line" -> i % 3 == 0 ? random.nextDouble() : 0;
            case "clusters" -> random.nextInt(3) * 1000 + random.nextGaussian() * 1e-3;
            case "equal" -> 0.5;
            case "ball" -> random.nextGaussian() * 0.03;
            default -> throw new IllegalArgumentException(kind);
          };
    }
    return FloatPoints.of(xyz, size);
  }
}
