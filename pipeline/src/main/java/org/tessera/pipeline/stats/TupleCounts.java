package org.tessera.pipeline.stats;

import java.util.ArrayList;
import java.util.List;

/**
 * Counts tuples of ids of all kinds that a layout has. Tables grow with the number of different
 * tuples; whoever fills them takes them with {@link #drain} when {@link #bytes} is too much, and
 * adds up what was taken with {@link TupleSums}. Not thread-safe.
 */
public final class TupleCounts {
  /** Up to so many slots each is paired with each, beyond with the next only. */
  public static final int MOST_PAIRED = 16;

  private final SlotLayout layout;
  private final List<TupleKind> kinds;
  private final LongCounter[] counters;
  private final int longest;

  /** Counters for n-grams up to a length from 1 (none) to 3; from 2 on also pairs of slots. */
  public TupleCounts(SlotLayout layout, int longest) {
    this.layout = layout;
    this.longest = longest;
    this.kinds = kinds(layout, longest);
    this.counters = new LongCounter[kinds.size()];
    for (int i = 0; i < counters.length; i++) {
      counters[i] = new LongCounter(kinds.get(i).keys());
    }
  }

  /** The kinds, in the order of their numbers. */
  public static List<TupleKind> kinds(SlotLayout layout, int longest) {
    if (longest < 1 || longest > 3) {
      throw new IllegalArgumentException(
          "Cannot count n-grams up to " + longest + " ids (choose 1 to 3)");
    }
    List<TupleKind> kinds = new ArrayList<>();
    for (int slot = 0; slot < layout.slots(); slot++) {
      for (int length = 2; length <= longest; length++) {
        kinds.add(TupleKind.ngram(layout, slot, length));
      }
      for (int other = slot + 1; longest > 1 && other < lastPaired(layout, slot); other++) {
        kinds.add(TupleKind.pair(layout, slot, other));
      }
    }
    for (TupleKind kind : kinds) {
      if (!kind.fits()) {
        throw new IllegalArgumentException(
            "Cannot count "
                + kind.name()
                + "s of "
                + kind.radices()[0]
                + " codes exactly (choose shorter n-grams)");
      }
    }
    return kinds;
  }

  /** The slot after the last that a slot is paired with. */
  private static int lastPaired(SlotLayout layout, int slot) {
    if (!layout.slotsShareShape()) {
      return slot;
    }
    return layout.slots() <= MOST_PAIRED ? layout.slots() : Math.min(slot + 2, layout.slots());
  }

  /** Counts the tuples of one row; a tuple with a dropped id (-1) is left out. */
  public void add(int[] ids, int from, int to, int[] shape) {
    int[][] sequences = layout.sequences(ids, from, to, shape);
    for (int i = 0; i < counters.length; i++) {
      TupleKind kind = kinds.get(i);
      int[] own = sequences[kind.slot()];
      if (kind.name().equals("pair")) {
        addPairs(counters[i], kind, own, sequences[kind.other()]);
      } else if (kind.name().equals("bigram")) {
        addBigrams(counters[i], kind.lastRadix(), own);
      } else {
        addTrigrams(counters[i], kind.lastRadix(), own);
      }
    }
  }

  private static void addPairs(LongCounter counter, TupleKind kind, int[] left, int[] right) {
    long radix = kind.lastRadix();
    for (int i = 0; i < Math.min(left.length, right.length); i++) {
      if ((left[i] | right[i]) >= 0) {
        counter.add(left[i] * radix + right[i], 1);
      }
    }
  }

  private static void addBigrams(LongCounter counter, long radix, int[] ids) {
    for (int i = 1; i < ids.length; i++) {
      if ((ids[i - 1] | ids[i]) >= 0) {
        counter.add(ids[i - 1] * radix + ids[i], 1);
      }
    }
  }

  private static void addTrigrams(LongCounter counter, long radix, int[] ids) {
    for (int i = 2; i < ids.length; i++) {
      if ((ids[i - 2] | ids[i - 1] | ids[i]) >= 0) {
        counter.add((ids[i - 2] * radix + ids[i - 1]) * radix + ids[i], 1);
      }
    }
  }

  /** Whether there is anything to count. */
  public boolean isEmpty() {
    return kinds.isEmpty();
  }

  /** The longest n-grams that are counted. */
  public int longest() {
    return longest;
  }

  /** What the tables hold in memory. */
  public long bytes() {
    long bytes = 0;
    for (LongCounter counter : counters) {
      bytes += counter.bytes();
    }
    return bytes;
  }

  /** Receives tables that {@link TupleSums} adds up. */
  public interface Tables {
    /** A table of a kind's tuples whose first id is {@code part} modulo the number of parts. */
    void accept(int kind, int part, byte[] table);
  }

  /**
   * Hands over what was counted; afterwards nothing is.
   *
   * @param ids about how many ids of a slot all tasks count together
   */
  public void drain(long ids, Tables tables) {
    for (int i = 0; i < counters.length; i++) {
      TupleKind kind = kinds.get(i);
      int parts = kind.parts(ids);
      byte[][] all = counters[i].tables(parts, key -> kind.first(key) % parts);
      counters[i] = new LongCounter(kind.keys());
      for (int part = 0; part < parts; part++) {
        if (all[part] != null) {
          tables.accept(i, part, all[part]);
        }
      }
    }
  }
}
