package org.tessera.pipeline.stats;

import org.tessera.pipeline.tokens.TokenFile;

/**
 * One row's ids: {@code ids[from .. to)}, row-major over {@code shape}. The arrays are not copied
 * and are looked at only during a call.
 *
 * @param ids an array that holds them
 * @param from the index of the first
 * @param to the index after the last
 * @param shape the extents of the layout's axes
 * @param place the row's place in the random order of {@link Growth}
 * @param extent how much signal it covers
 * @param positions where the ids stand along the last axis; null when at the first positions
 */
public record TokenRow(
    int[] ids,
    int from,
    int to,
    int[] shape,
    long place,
    TokenCounts.Extent extent,
    int[] positions) {
  /** A row whose ids stand at the first positions. */
  public TokenRow(int[] ids, int from, int to, int[] shape, long place, TokenCounts.Extent extent) {
    this(ids, from, to, shape, place, extent, null);
  }

  /** A row whose place and extent do not matter. */
  public static TokenRow of(int[] ids, int... shape) {
    return new TokenRow(ids, 0, ids.length, shape, 0, TokenCounts.Extent.NONE);
  }

  /** A file's current row, whose place and extent do not matter. */
  public static TokenRow of(TokenFile file) {
    return new TokenRow(
        file.ids(), file.from(), file.to(), file.shape(), 0, TokenCounts.Extent.NONE);
  }

  /**
   * The place of a sample in the order that a seed gives.
   *
   * @param sampleId 32 hex digits
   */
  public static long place(String sampleId, long seed) {
    long hash = Long.parseUnsignedLong(sampleId.substring(0, 16), 16) ^ seed * 0x9E3779B97F4A7C15L;
    hash = (hash ^ hash >>> 30) * 0xBF58476D1CE4E5B9L;
    hash = (hash ^ hash >>> 27) * 0x94D049BB133111EBL;
    return hash ^ hash >>> 31;
  }
}
