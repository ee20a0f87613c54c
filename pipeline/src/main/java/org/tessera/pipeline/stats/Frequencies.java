package org.tessera.pipeline.stats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  /** Adds another's. */
  public void add(Frequencies other) {
    other.things.forEach(this::add);
  }

  /** The form that crosses between machines. */
  public byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (Map.Entry<Long, Long> entry : things.entrySet()) {
        Varints.write(out, entry.getKey());
        Varints.write(out, entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write to memory", e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #write} wrote. */
  public static Frequencies read(byte[] bytes) {
    ByteArrayInputStream left = new ByteArrayInputStream(bytes);
    DataInputStream in = new DataInputStream(left);
    Frequencies made = new Frequencies();
    try {
      while (left.available() > 0) {
        long count = Varints.read(in);
        made.add(count, Varints.read(in));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read frequencies", e);
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
