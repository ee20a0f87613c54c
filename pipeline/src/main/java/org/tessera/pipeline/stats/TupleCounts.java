package org.tessera.pipeline.stats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts tuples of ids of all kinds that a layout has. Tables grow with the number of different
 * tuples; whoever fills them takes them with {@link #drain} when {@link #bytes} is too much, and
 * adds up what was taken. Not thread-safe.
 */
public final class TupleCounts {
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
    reset();
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
      if (longest > 1 && layout.slotsShareShape() && slot + 1 < layout.slots()) {
        kinds.add(TupleKind.pair(layout, slot));
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

  private void reset() {
    for (int i = 0; i < counters.length; i++) {
      counters[i] = new LongCounter();
    }
  }

  /** Counts the tuples of one row; a tuple with a dropped id (-1) is left out. */
  public void add(int[] ids, int from, int to, int[] shape) {
    int[][] sequences = layout.sequences(ids, from, to, shape);
    for (int i = 0; i < counters.length; i++) {
      TupleKind kind = kinds.get(i);
      int[] own = sequences[kind.slot()];
      if (kind.name().equals("pair")) {
        addPairs(counters[i], kind, own, sequences[kind.slot() + 1]);
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

  /** The tables by kind, as {@link #read} reads them; afterwards they are empty. */
  public List<byte[]> drain() {
    List<byte[]> tables = new ArrayList<>();
    for (LongCounter counter : counters) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(counter.size() * 6 + 16);
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        Varints.write(out, counter.size());
        counter.forEach(
            (key, count) -> {
              try {
                Varints.write(out, key);
                Varints.write(out, count);
              } catch (IOException e) {
                throw new UncheckedIOException("Cannot write to memory", e);
              }
            });
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot write to memory", e);
      }
      tables.add(bytes.toByteArray());
    }
    reset();
    return tables;
  }

  /** A key and its count. */
  public record Entry(long key, long count) {}

  /** The entries of a drained table. */
  public static java.util.Iterator<Entry> read(byte[] table) {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(table));
    try {
      long entries = Varints.read(in);
      return new java.util.Iterator<>() {
        private long left = entries;

        @Override
        public boolean hasNext() {
          return left > 0;
        }

        @Override
        public Entry next() {
          if (left-- <= 0) {
            throw new java.util.NoSuchElementException();
          }
          try {
            long key = Varints.read(in);
            return new Entry(key, Varints.read(in));
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot read a table of tuples", e);
          }
        }
      };
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a table of tuples", e);
    }
  }
}
