package org.tessera.pipeline.export;

import java.util.Arrays;

/** A growing array of whole numbers. Not thread-safe. */
final class IntList {
  private int[] values = new int[64];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.multiplyExact(size, 2));
    }
    values[size++] = value;
  }

  void addAll(int[] more) {
    reserve(more.length);
    System.arraycopy(more, 0, values, size, more.length);
    size += more.length;
  }

  private void reserve(int more) {
    int needed = Math.addExact(size, more);
    if (needed > values.length) {
      values = Arrays.copyOf(values, (int) Math.min(1L << 30, Math.max(needed, 2L * size)));
    }
  }

  int size() {
    return size;
  }

  void clear() {
    size = 0;
  }

  int[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
