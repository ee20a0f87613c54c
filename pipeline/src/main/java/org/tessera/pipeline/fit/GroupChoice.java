package org.tessera.pipeline.fit;

import java.util.Arrays;

/** Which vectors of a slice are to be compared with which groups of codes. Not thread-safe. */
final class GroupChoice {
  /** What makes a bound smaller than the sum and the difference of floats round it up. */
  private static final float SHRINK = 1 - 0x1p-22f;

  /** For each group the vectors that are compared with it. */
  private final int[][] vectors;

  private final int[] numbers;

  /** The vectors that are compared with any. */
  private final int[] any;

  private int anyNumber;

  /** How many comparisons with groups these are. */
  private long all;

  /** Chooses nothing. */
  GroupChoice(int groups, int most) {
    vectors = new int[groups][most];
    numbers = new int[groups];
    any = new int[most];
  }

  void clear() {
    Arrays.fill(numbers, 0);
    anyNumber = 0;
    all = 0;
  }

  /** Makes the first so many vectors those that are compared with any. */
  void setAny(int number) {
    Arrays.setAll(any, i -> i);
    anyNumber = number;
  }

  /** Chooses a group for a vector. */
  void add(int group, int vector) {
    vectors[group][numbers[group]++] = vector;
  }

  /**
   * Chooses for a vector the groups that may have a code as near as its nearest one so far.
   *
   * @param distance the vector's distance from that code, or more
   * @param limits of that code ({@link CodeGroups#limits})
   * @param bounds of blocks ({@link Neighbours#bounds}), the vector's from {@code at} on
   * @param drifts how far the groups have drifted
   */
  void addWithin(
      int vector,
      float distance,
      CodeGroups.Limits limits,
      float[] bounds,
      int at,
      float[] drifts) {
    int wanted = 0;
    for (int i = 0; i < drifts.length; i++) {
      int group = limits.nearest(i);
      if (limits.of(group) > distance) {
        break;
      }
      // Without a branch, which nothing could foresee.
      int wants = bounds[at + group] * SHRINK - drifts[group] <= distance ? 1 : 0;
      vectors[group][numbers[group]] = vector;
      numbers[group] += wants;
      wanted += wants;
    }
    any[anyNumber] = vector;
    anyNumber += wanted > 0 ? 1 : 0;
    all += wanted;
  }

  /** Whether one comparison with all codes costs less than those with the groups. */
  boolean areMost() {
    return 3L * all > 2L * anyNumber * numbers.length;
  }

  /** The vectors that a group was chosen for, the first {@link #number}; may be changed. */
  int[] vectors(int group) {
    return vectors[group];
  }

  int number(int group) {
    return numbers[group];
  }

  /** The vectors that any group was chosen for, the first {@link #anyNumber}. */
  int[] any() {
    return any;
  }

  int anyNumber() {
    return anyNumber;
  }
}
