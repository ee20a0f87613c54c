package org.tessera.pipeline.fit;

/** Hashes that stand in for random numbers, so that a choice depends on what is chosen alone. */
final class Hashing {
  private Hashing() {}

  /** A hash of two numbers, by the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
  static long mix(long a, long b) {
    return finish(finish(a + 0x9e3779b97f4a7c15L) ^ b);
  }

  private static long finish(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** A hash of a text. */
  static long mix(long a, String text) {
    long hash = a;
    for (int i = 0; i < text.length(); i++) {
      hash = hash * 0x100000001b3L + text.charAt(i);
    }
    return mix(a, hash);
  }

  /** A number in (0, 1] from a hash. */
  static double unit(long hash) {
    return ((hash >>> 11) + 1) * 0x1.0p-53;
  }
}
