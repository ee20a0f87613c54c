package org.tessera.pipeline.stats;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.function.LongToIntFunction;

/**
 * Counts of whole numbers from 0 below a bound: by open addressing, and in an array of all of them
 * as soon as that is no larger. Not thread-safe.
 */
final class LongCounter {
  private static final int FIRST = 1 << 12;

  private final long bound;

  /** Null when the counts are of all numbers. */
  private long[] keys;

  private long[] counts;
  private int size;

  /** Nothing counted yet. */
  LongCounter(long bound) {
    this.bound = bound;
    allocate(FIRST);
  }

  /** A key takes 16 bytes by open addressing, a number 8 in the array. */
  private void allocate(int capacity) {
    boolean all = bound <= 2L * capacity;
    counts = new long[all ? (int) bound : capacity];
    keys = all ? null : new long[capacity];
    if (!all) {
      Arrays.fill(keys, -1);
    }
  }

  void add(long key, long times) {
    long[] own = keys;
    if (own == null) {
      if (counts[(int) key] == 0) {
        size++;
      }
      counts[(int) key] += times;
      return;
    }
    int mask = own.length - 1;
    int slot = spread(key) & mask;
    while (own[slot] != key) {
      if (own[slot] < 0) {
        own[slot] = key;
        size++;
        counts[slot] = times;
        if (size > own.length * 5L / 8) {
          grow();
        }
        return;
      }
      slot = slot + 1 & mask;
    }
    counts[slot] += times;
  }

  private static int spread(long key) {
    long mixed = key * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32);
  }

  private void grow() {
    long[] oldKeys = keys;
    long[] oldCounts = counts;
    allocate(oldKeys.length * 2);
    size = 0;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] >= 0) {
        add(oldKeys[i], oldCounts[i]);
      }
    }
  }

  int size() {
    return size;
  }

  /** What it holds in memory. */
  long bytes() {
    return 8L * counts.length + (keys == null ? 0 : 8L * keys.length);
  }

  /** Receives each key once. */
  interface Consumer {
    void accept(long key, long count);
  }

  void forEach(Consumer consumer) {
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        consumer.accept(keys == null ? i : keys[i], counts[i]);
      }
    }
  }

  /** The counts in the form that crosses between machines, split into parts; null where empty. */
  byte[][] tables(int parts, LongToIntFunction part) {
    ByteArrayOutputStream[] bytes = new ByteArrayOutputStream[parts];
    DataOutputStream[] outs = new DataOutputStream[parts];
    forEach(
        (key, count) -> {
          int at = part.applyAsInt(key);
          if (bytes[at] == null) {
            bytes[at] = new ByteArrayOutputStream(size / parts * 6 + 16);
            outs[at] = new DataOutputStream(bytes[at]);
          }
          try {
            Varints.write(outs[at], key);
            Varints.write(outs[at], count);
          } catch (IOException e) {
            throw new UncheckedIOException("Cannot write to memory", e);
          }
        });
    byte[][] tables = new byte[parts][];
    for (int i = 0; i < parts; i++) {
      tables[i] = bytes[i] == null ? null : bytes[i].toByteArray();
    }
    return tables;
  }

  /** Adds a table. */
  void add(byte[] table) {
    ByteArrayInputStream left = new ByteArrayInputStream(table);
    DataInputStream in = new DataInputStream(left);
    try {
      while (left.available() > 0) {
        long key = Varints.read(in);
        add(key, Varints.read(in));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read a table of tuples", e);
    }
  }
}
