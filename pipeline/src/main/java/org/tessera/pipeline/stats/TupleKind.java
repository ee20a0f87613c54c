package org.tessera.pipeline.stats;

/**
 * What ids are counted together: n ids that follow each other in one slot, or the ids of two slots
 * at one position. A tuple's key is its ids as digits, the first most significant. Immutable.
 *
 * @param name {@code bigram}, {@code trigram} or {@code pair}
 * @param slot the slot; of a pair the first
 * @param radices the number of codes of each id
 */
public record TupleKind(String name, int slot, int[] radices) {
  /** Ids that follow each other. */
  static TupleKind ngram(SlotLayout layout, int slot, int length) {
    int[] radices = new int[length];
    java.util.Arrays.fill(radices, layout.radix(slot));
    return new TupleKind(length == 2 ? "bigram" : "trigram", slot, radices);
  }

  /** The ids of a slot and the next at one position. */
  static TupleKind pair(SlotLayout layout, int slot) {
    return new TupleKind("pair", slot, new int[] {layout.radix(slot), layout.radix(slot + 1)});
  }

  /** Whether every key fits 63 bits. */
  boolean fits() {
    double bits = 0;
    for (int radix : radices) {
      bits += Math.log(radix) / Math.log(2);
    }
    return bits < 62;
  }

  /** The number of codes of the second id, which splits a pair's or bigram's key. */
  public int lastRadix() {
    return radices[radices.length - 1];
  }
}
