package org.tessera.pipeline.stats;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How often each code of one codebook occurs. A sum: {@link #add(CodebookCounts)} is associative
 * and commutative, and the counts of no ids are its neutral element. Memory is eight bytes a code
 * whatever the corpus. Not thread-safe.
 */
public final class CodebookCounts {
  private final long[] counts;
  private long dropped;

  /**
   * No ids yet.
   *
   * @param codes the number of codes, at least 1
   */
  public CodebookCounts(int codes) {
    if (codes < 1) {
      throw new IllegalArgumentException(
          "Cannot count a codebook of " + codes + " codes (give at least 1)");
    }
    counts = new long[codes];
  }

  /** Counts as they are; the array is copied. */
  public static CodebookCounts of(long... counts) {
    CodebookCounts made = new CodebookCounts(counts.length);
    System.arraycopy(counts, 0, made.counts, 0, counts.length);
    return made;
  }

  /**
   * Counts the ids at {@code from}, {@code from + step}, ... before {@code to}. The id -1, a
   * dropped level, is counted apart.
   *
   * @throws IllegalArgumentException for an id that is not in the codebook
   */
  public void add(int[] ids, int from, int to, int step) {
    long[] own = counts;
    int codes = own.length;
    for (int i = from; i < to; i += step) {
      int id = ids[i];
      if (id >= 0 && id < codes) {
        own[id]++;
      } else {
        other(id);
      }
    }
  }

  private void other(int id) {
    if (id != -1) {
      throw new IllegalArgumentException(
          "Cannot count id "
              + id
              + ": the codebook has "
              + counts.length
              + " codes (run verify on these tokens)");
    }
    dropped++;
  }

  /** The codes of several codebooks one after another, as one codebook. */
  static CodebookCounts concatenate(CodebookCounts[] parts) {
    int codes = 0;
    for (CodebookCounts part : parts) {
      codes = Math.addExact(codes, part.counts.length);
    }
    CodebookCounts all = new CodebookCounts(codes);
    int offset = 0;
    for (CodebookCounts part : parts) {
      System.arraycopy(part.counts, 0, all.counts, offset, part.counts.length);
      all.dropped += part.dropped;
      offset += part.counts.length;
    }
    return all;
  }

  /** Adds to one code's count. */
  public void add(int id, long times) {
    if (id < 0 || id >= counts.length) {
      throw new IllegalArgumentException(
          "Cannot count id " + id + ": the codebook has " + counts.length + " codes");
    }
    counts[id] += times;
  }

  /**
   * Adds another sum.
   *
   * @throws IllegalArgumentException when it is of a codebook of another size
   */
  public void add(CodebookCounts other) {
    if (other.counts.length != counts.length) {
      throw new IllegalArgumentException(
          "Cannot add counts of "
              + other.counts.length
              + " codes to counts of "
              + counts.length
              + " (they are of different codebooks)");
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    dropped += other.dropped;
  }

  /** The number of codes. */
  public int codes() {
    return counts.length;
  }

  /** How often a code occurs. */
  public long count(int code) {
    return counts[code];
  }

  /** All ids but the dropped ones. */
  public long total() {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    return total;
  }

  /** How many ids were -1. */
  public long dropped() {
    return dropped;
  }

  /** The counts by code; the caller owns the copy. */
  public long[] toArray() {
    return counts.clone();
  }

  /** The counts of used codes, largest first; the caller owns the array. */
  public long[] ranked() {
    long[] used = Arrays.stream(counts).filter(count -> count > 0).sorted().toArray();
    for (int i = 0, j = used.length - 1; i < j; i++, j--) {
      long swap = used[i];
      used[i] = used[j];
      used[j] = swap;
    }
    return used;
  }

  /** Writes the counts; unused codes cost next to nothing. */
  void write(DataOutput out) throws IOException {
    out.writeInt(counts.length);
    out.writeLong(dropped);
    int i = 0;
    while (i < counts.length) {
      int start = i;
      while (i < counts.length && counts[i] == 0) {
        i++;
      }
      Varints.write(out, i - start);
      start = i;
      while (i < counts.length && counts[i] != 0) {
        i++;
      }
      Varints.write(out, i - start);
      for (int j = start; j < i; j++) {
        Varints.write(out, counts[j]);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  static CodebookCounts read(DataInput in) throws IOException {
    CodebookCounts made = new CodebookCounts(in.readInt());
    made.dropped = in.readLong();
    int i = 0;
    while (i < made.counts.length) {
      i += (int) Varints.read(in);
      for (long left = Varints.read(in); left > 0; left--) {
        made.counts[i++] = Varints.read(in);
      }
    }
    return made;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodebookCounts that
        && dropped == that.dropped
        && Arrays.equals(counts, that.counts);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(counts) + Long.hashCode(dropped);
  }

  @Override
  public String toString() {
    return total() + " ids of " + counts.length + " codes";
  }
}
