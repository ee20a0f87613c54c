package org.tessera.pipeline.stats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The sum of tables of one kind of tuples: all of them, or all that have some first ids. Not
 * thread-safe.
 */
public final class TupleSums {
  private static final Comparator<Next> BEST =
      Comparator.comparingLong(Next::count).reversed().thenComparingInt(Next::id);

  private final TupleKind kind;
  private final LongCounter sum;

  /** Nothing added yet. */
  public TupleSums(TupleKind kind) {
    this.kind = kind;
    this.sum = new LongCounter(kind.keys());
  }

  /** Adds a table that {@link TupleCounts#drain} gave. */
  public void add(byte[] table) {
    sum.add(table);
  }

  /** How often the tuples occur. */
  public Frequencies whole() {
    return frequencies(sum);
  }

  /** How often the first ids occur. */
  public Frequencies first() {
    LongCounter firsts = new LongCounter(kind.radices()[0]);
    sum.forEach((key, count) -> firsts.add(kind.first(key), count));
    return frequencies(firsts);
  }

  /** How often the last ids occur; exact when the sum is of all tuples. */
  public Frequencies last() {
    return frequencies(lasts());
  }

  /** Tables of the last ids, to be added up by a sum of {@link TupleKind#last()}. */
  public byte[][] lastTables(int parts) {
    return lasts().tables(parts, id -> (int) (id % parts));
  }

  private LongCounter lasts() {
    LongCounter lasts = new LongCounter(kind.lastRadix());
    sum.forEach((key, count) -> lasts.add(kind.last(key), count));
    return lasts;
  }

  private static Frequencies frequencies(LongCounter counter) {
    Frequencies made = new Frequencies();
    counter.forEach((key, count) -> made.add(count, 1));
    return made;
  }

  private record Next(int id, long count) {}

  /** Receives an id, the rank from 1 of one that follows it, that one, and how often it does. */
  public interface NextConsumer {
    void accept(int code, int rank, int next, long count);
  }

  /** The most frequent last ids of each first id, ties to the lower id, for {@link #readNext}. */
  public byte[] next(int most) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    try {
      for (Map.Entry<Integer, List<Next>> code : best(most).entrySet()) {
        Varints.write(out, code.getKey());
        Varints.write(out, code.getValue().size());
        for (Next next : code.getValue()) {
          Varints.write(out, next.id());
          Varints.write(out, next.count());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to memory", e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #next} gave, by code and rank. */
  public static void readNext(byte[] bytes, NextConsumer consumer) {
    ByteArrayInputStream left = new ByteArrayInputStream(bytes);
    DataInputStream in = new DataInputStream(left);
    try {
      while (left.available() > 0) {
        int code = (int) Varints.read(in);
        int ranks = (int) Varints.read(in);
        for (int rank = 1; rank <= ranks; rank++) {
          int next = (int) Varints.read(in);
          consumer.accept(code, rank, next, Varints.read(in));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read next codes", e);
    }
  }

  private SortedMap<Integer, List<Next>> best(int most) {
    Map<Integer, PriorityQueue<Next>> best = new HashMap<>();
    sum.forEach(
        (key, count) -> {
          PriorityQueue<Next> own =
              best.computeIfAbsent(
                  kind.first(key), any -> new PriorityQueue<>(most + 1, BEST.reversed()));
          own.add(new Next(kind.last(key), count));
          if (own.size() > most) {
            own.remove();
          }
        });
    SortedMap<Integer, List<Next>> sorted = new TreeMap<>();
    best.forEach(
        (first, own) -> {
          List<Next> list = new ArrayList<>(own);
          list.sort(BEST);
          sorted.put(first, list);
        });
    return sorted;
  }
}
