package org.tessera.pipeline.spark;

import java.util.Arrays;
import org.tessera.pipeline.plan.DigestMap;
import org.tessera.pipeline.plan.InputDigest;

/** Which of some numbered inputs have equal bytes, as chains in their order. Not thread-safe. */
final class CopyGroups {
  private static final int LAST = -1;
  private static final int ALONE = -2;

  /** By number: the next of its group; {@link #LAST}; or {@link #ALONE}, without a group. */
  private final int[] next;

  /** By content: the last of the group, in the low half. */
  private final DigestMap ends = new DigestMap();

  /** A bit for each number that is not the first of its group. */
  private final long[] later;

  CopyGroups(int inputs) {
    this.next = new int[inputs];
    this.later = new long[inputs / Long.SIZE + 1];
    Arrays.fill(next, ALONE);
  }

  /** Adds an input to the group of its digest; numbers come in rising order. */
  void add(int number, InputDigest content) {
    InputDigest end = ends.get(content);
    if (end != null) {
      next[(int) end.low()] = number;
      later[number / Long.SIZE] |= 1L << number;
    }
    next[number] = LAST;
    ends.put(content, new InputDigest(0, number));
  }

  /** Whether an input is the first of its group, or in none. */
  boolean isFirst(int number) {
    return (later[number / Long.SIZE] & 1L << number) == 0;
  }

  /** The next of an input's group; negative after the last. */
  int next(int number) {
    return next[number];
  }
}
