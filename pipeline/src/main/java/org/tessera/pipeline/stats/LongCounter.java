package org.tessera.pipeline.stats;

import java.util.Arrays;

/** Counts of whole numbers from 0, in open addressing. Not thread-safe. */
final class LongCounter {
  private static final int FIRST = 1 << 12;

  private long[] keys = new long[FIRST];
  private long[] counts = new long[FIRST];
  private int size;

  LongCounter() {
    Arrays.fill(keys, -1);
  }

  void add(long key, long times) {
    long[] own = keys;
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
    keys = new long[oldKeys.length * 2];
    counts = new long[oldKeys.length * 2];
    Arrays.fill(keys, -1);
    int mask = keys.length - 1;
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] >= 0) {
        int slot = spread(oldKeys[i]) & mask;
        while (keys[slot] >= 0) {
          slot = slot + 1 & mask;
        }
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i];
      }
    }
  }

  int size() {
    return size;
  }

  /** What it holds in memory. */
  long bytes() {
    return 16L * keys.length;
  }

  /** Receives each key once. */
  interface Consumer {
    void accept(long key, long count);
  }

  void forEach(Consumer consumer) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] >= 0) {
        consumer.accept(keys[i], counts[i]);
      }
    }
  }
}
