package org.tessera.pipeline.export;

import java.util.List;

/**
 * The ids of one tokenizer in a vocabulary. Immutable and thread-safe.
 *
 * @param tokenizer the tokenizer's name
 * @param modality what it reads
 * @param fingerprint the bundle's fingerprint
 * @param from the first id
 * @param radices the codes of each level; one number when there is one codebook
 * @param slotAxis what the levels are; empty when there is one codebook
 * @param offsets whether levels share ids
 * @param descending whether code 0 has a level's highest id
 */
public record CodeRange(
    String tokenizer,
    String modality,
    String fingerprint,
    int from,
    List<Integer> radices,
    String slotAxis,
    IdOffsets offsets,
    boolean descending) {
  public CodeRange {
    radices = List.copyOf(radices);
  }

  /** How many ids these radices take. */
  static long size(List<Integer> radices, IdOffsets offsets) {
    return offsets == IdOffsets.SHARED
        ? radices.stream().mapToInt(Integer::intValue).max().orElse(0)
        : radices.stream().mapToLong(Integer::intValue).sum();
  }

  /** The number of ids. */
  public int size() {
    return (int) size(radices, offsets);
  }

  /** The first id of a level. */
  public int from(int level) {
    long start = from;
    for (int i = 0; i < level && offsets == IdOffsets.PER_LEVEL; i++) {
      start += radices.get(i);
    }
    return (int) start;
  }

  /**
   * The id of a code.
   *
   * @throws IllegalArgumentException when the level has no such code
   */
  public int id(int level, int code) {
    int radix = level < radices.size() ? radices.get(level) : -1;
    if (code < 0 || code >= radix) {
      throw outside(level, code);
    }
    return descending ? from(level) + radix - 1 - code : from(level) + code;
  }

  IllegalArgumentException outside(int level, int code) {
    return new IllegalArgumentException(
        level >= radices.size()
            ? String.format(
                "Cannot export level %d of %s: its vocabulary has %d (keep fewer, or build the"
                    + " vocabulary with all)",
                level, tokenizer, radices.size())
            : String.format(
                "Cannot export id %d of %s: level %d has codes 0 to %d%s",
                code,
                tokenizer,
                level,
                radices.get(level) - 1,
                code == -1 ? " (-1 is a dropped id: keep fewer levels)" : " (run verify)"));
  }
}
