package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How many rows have how many tokens. A sum. Not thread-safe. */
public final class LengthCounts {
  private final SortedMap<Integer, Long> rows = new TreeMap<>();

  /** Rows of the last length, which are often many, are not yet in the map. */
  private int last;

  private long pending;

  /** Counts a row. */
  public void add(int length) {
    if (length != last) {
      settle();
      last = length;
    }
    pending++;
  }

  private void settle() {
    if (pending > 0) {
      rows.merge(last, pending, Long::sum);
      pending = 0;
    }
  }

  /** Adds another sum. */
  public void add(LengthCounts other) {
    other.rows().forEach((length, count) -> rows.merge(length, count, Long::sum));
  }

  /** Rows by length. */
  public SortedMap<Integer, Long> rows() {
    settle();
    return Collections.unmodifiableSortedMap(rows);
  }

  /** Mean, standard deviation over rows, extremes and median of the length. */
  public Map<String, Double> metrics() {
    settle();
    Map<String, Double> metrics = new LinkedHashMap<>();
    long count = 0;
    double sum = 0;
    for (Map.Entry<Integer, Long> entry : rows.entrySet()) {
      count += entry.getValue();
      sum += (double) entry.getKey() * entry.getValue();
    }
    if (count == 0) {
      return metrics;
    }
    double mean = sum / count;
    double squares = 0;
    long before = 0;
    int median = 0;
    for (Map.Entry<Integer, Long> entry : rows.entrySet()) {
      double difference = entry.getKey() - mean;
      squares += difference * difference * entry.getValue();
      if (before < (count + 1) / 2) {
        median = entry.getKey();
      }
      before += entry.getValue();
    }
    metrics.put("length_mean", mean);
    metrics.put("length_sd", Math.sqrt(squares / count));
    metrics.put("length_min", (double) rows.firstKey());
    metrics.put("length_median", (double) median);
    metrics.put("length_max", (double) rows.lastKey());
    return metrics;
  }

  void write(DataOutput out) throws IOException {
    settle();
    Varints.write(out, rows.size());
    for (Map.Entry<Integer, Long> entry : rows.entrySet()) {
      Varints.write(out, entry.getKey());
      Varints.write(out, entry.getValue());
    }
  }

  static LengthCounts read(DataInput in) throws IOException {
    LengthCounts made = new LengthCounts();
    for (long left = Varints.read(in); left > 0; left--) {
      int length = (int) Varints.read(in);
      made.rows.put(length, Varints.read(in));
    }
    return made;
  }
}
