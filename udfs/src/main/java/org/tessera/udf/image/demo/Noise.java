package org.tessera.udf.image.demo;

/** Smooth value noise of 0 to 1: a hash of the grid points, blended between them. */
final class Noise {
  private final long seed;

  Noise(long seed) {
    this.seed = seed;
  }

  /** Sums octaves, each twice as fine and half as strong. */
  double fractal(double x, double y, int octaves) {
    double sum = 0;
    double strength = 1;
    double total = 0;
    for (int i = 0; i < octaves; i++) {
      sum += strength * at(x * (1 << i), y * (1 << i), i);
      total += strength;
      strength /= 2;
    }
    return sum / total;
  }

  private double at(double x, double y, int octave) {
    int ix = (int) Math.floor(x);
    int iy = (int) Math.floor(y);
    double fx = smooth(x - ix);
    double fy = smooth(y - iy);
    double top = mix(hash(ix, iy, octave), hash(ix + 1, iy, octave), fx);
    double bottom = mix(hash(ix, iy + 1, octave), hash(ix + 1, iy + 1, octave), fx);
    return mix(top, bottom, fy);
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double mix(double a, double b, double t) {
    return a + (b - a) * t;
  }

  /** SplitMix64's finalizer over the point. */
  private double hash(int x, int y, int octave) {
    long z =
        seed + x * 0x9E3779B97F4A7C15L + y * 0xC2B2AE3D27D4EB4FL + octave * 0x165667B19E3779F9L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 11) * 0x1.0p-53;
  }
}
