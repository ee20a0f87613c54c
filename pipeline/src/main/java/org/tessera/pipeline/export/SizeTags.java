package org.tessera.pipeline.export;

/**
 * Tokens that stand for the extents 1 to {@code count} of a grid. Immutable and thread-safe.
 *
 * @param from the id of extent 1
 * @param count the number of tags; 0 for none
 */
public record SizeTags(int from, int count) {
  /** No tags. */
  public static final SizeTags NONE = new SizeTags(0, 0);

  /**
   * The tag of an extent.
   *
   * @throws IllegalArgumentException when there is none
   */
  public int id(int extent) {
    if (extent < 1 || extent > count) {
      throw new IllegalArgumentException(
          "Cannot tag the size "
              + extent
              + ": the vocabulary has size tags 1 to "
              + count
              + " (build it with more)");
    }
    return from + extent - 1;
  }
}
