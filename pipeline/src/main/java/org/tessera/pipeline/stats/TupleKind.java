package org.tessera.pipeline.stats;

/**
 * What ids are counted together: n ids that follow each other in one slot, or the ids of two slots
 * at one position. A tuple's key is its ids as digits, the first most significant. Immutable.
 *
 * @param name {@code bigram}, {@code trigram} or {@code pair}
 * @param slot the slot; of a pair the first
 * @param other of a pair the second slot; else the slot
 * @param radices the number of codes of each id
 */
public record TupleKind(String name, int slot, int other, int[] radices) {
  /** A part of a sum holds about so many different tuples at most. */
  private static final long PART = 2 << 20;

  private static final int MOST_PARTS = 1 << 14;

  /** Ids that follow each other. */
  static TupleKind ngram(SlotLayout layout, int slot, int length) {
    int[] radices = new int[length];
    java.util.Arrays.fill(radices, layout.radix(slot));
    return new TupleKind(length == 2 ? "bigram" : "trigram", slot, slot, radices);
  }

  /** The ids of two slots at one position. */
  static TupleKind pair(SlotLayout layout, int slot, int other) {
    return new TupleKind("pair", slot, other, new int[] {layout.radix(slot), layout.radix(other)});
  }

  /** Whether every key fits 62 bits. */
  boolean fits() {
    double bits = 0;
    for (int radix : radices) {
      bits += Math.log(radix) / Math.log(2);
    }
    return bits < 62;
  }

  /** How many keys there are. */
  long keys() {
    return radices[0] * keysOfFirst();
  }

  /** How many keys begin with the same id. */
  private long keysOfFirst() {
    long keys = 1;
    for (int i = 1; i < radices.length; i++) {
      keys *= radices[i];
    }
    return keys;
  }

  /** The first id of a key. */
  int first(long key) {
    return (int) (key / keysOfFirst());
  }

  /** The last id of a key: of two the second. */
  int last(long key) {
    return (int) (key % lastRadix());
  }

  /** The number of codes of the last id. */
  int lastRadix() {
    return radices[radices.length - 1];
  }

  /** The last ids alone, as tuples of one. */
  public TupleKind last() {
    return new TupleKind(name, slot, other, new int[] {lastRadix()});
  }

  /** Whether its tuples are of two ids, whose own frequencies say how much they share. */
  public boolean ofTwo() {
    return radices.length == 2;
  }

  /**
   * Into how many parts by their first id the tuples are split, so that the sum of a part is small
   * whatever the corpus.
   *
   * @param ids about how many ids of the slot there are
   */
  public int parts(long ids) {
    return (int) Math.min(Math.min(MOST_PARTS, radices[0]), 1 + Math.min(keys(), ids) / PART);
  }
}
