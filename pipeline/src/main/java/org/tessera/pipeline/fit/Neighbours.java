package org.tessera.pipeline.fit;

import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What is known of the vectors of one block: the nearest code of each, and how far all other codes
 * are at least. {@link NearestCodes} writes it, and begins with it when codes have moved. Not
 * thread-safe.
 */
final class Neighbours {
  private static final Cleaner CLEANER = Cleaner.create();

  /** The bytes that blocks of this process keep. */
  private static final AtomicLong KEPT = new AtomicLong();

  private final int[] codes;
  private final float[] distances;
  private final float[] bounds;
  private final float[] squares;

  private Cleaner.Cleanable kept;

  /** Nothing is known yet. */
  Neighbours(int vectors, int groups) {
    codes = new int[vectors];
    Arrays.fill(codes, -1);
    distances = new float[vectors];
    bounds = new float[vectors * groups];
    squares = new float[vectors];
  }

  /** The bytes that are needed for vectors and groups of codes. */
  static long bytes(long vectors, int groups) {
    return vectors * (Integer.BYTES + Float.BYTES * (2L + groups));
  }

  /**
   * Counts this among what this process keeps on blocks, until it is freed or garbage.
   *
   * @return false when an eighth of the heap would not hold it with the others
   */
  boolean keep() {
    if (kept == null) {
      long bytes = bytes(codes.length, bounds.length / codes.length);
      if (KEPT.addAndGet(bytes) > Runtime.getRuntime().maxMemory() / 8) {
        KEPT.addAndGet(-bytes);
        return false;
      }
      kept = CLEANER.register(this, () -> KEPT.addAndGet(-bytes));
    }
    return true;
  }

  /** Counts this no longer. */
  void free() {
    if (kept != null) {
      kept.clean();
      kept = null;
    }
  }

  /** The nearest code of each vector; -1 before the first search. */
  int[] codes() {
    return codes;
  }

  /** The squared distance of each vector from its code. */
  float[] distances() {
    return distances;
  }

  /** The square of each vector from the groups' origin; nothing before the first search. */
  float[] squares() {
    return squares;
  }

  /**
   * For each vector and group of codes, {@code vectors × groups}: no code of the group but the
   * vector's own is nearer than this, less what the group has drifted since all notes began.
   */
  float[] bounds() {
    return bounds;
  }
}
