package org.tessera.pipeline.stats;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many different things occur how often. All that entropies need of a large table, in a small
 * one. Not thread-safe.
 */
public final class Frequencies {
  private static final double LN2 = Math.log(2);

  private final SortedMap<Long, Long> things = new TreeMap<>();

  /** Adds {@code things} different things that occur {@code count} times each. */
  public void add(long count, long different) {
    things.merge(count, different, Long::sum);
  }

  /** The frequencies of a codebook's used codes. */
  public static Frequencies of(CodebookCounts counts) {
    Frequencies made = new Frequencies();
    for (long count : counts.ranked()) {
      made.add(count, 1);
    }
    return made;
  }

  /** How many there are with repetition. */
  public long total() {
    long total = 0;
    for (Map.Entry<Long, Long> entry : things.entrySet()) {
      total += entry.getKey() * entry.getValue();
    }
    return total;
  }

  /** How many different ones there are. */
  public long distinct() {
    return things.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The entropy in bits; 0 for nothing. */
  public double entropy() {
    long total = total();
    double bits = 0;
    for (Map.Entry<Long, Long> entry : things.entrySet()) {
      double p = (double) entry.getKey() / total;
      bits -= entry.getValue() * p * Math.log(p) / LN2;
    }
    return distinct() <= 1 ? 0 : bits;
  }

  /** Total, distinct, singletons and entropy, the names after a prefix. */
  public Map<String, Double> metrics(String prefix) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put(prefix + "_total", (double) total());
    metrics.put(prefix + "_distinct", (double) distinct());
    metrics.put(prefix + "_singletons", (double) things.getOrDefault(1L, 0L));
    metrics.put(prefix + "_entropy", entropy());
    return metrics;
  }
}
