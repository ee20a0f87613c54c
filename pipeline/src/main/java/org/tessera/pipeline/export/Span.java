package org.tessera.pipeline.export;

/**
 * Consecutive ids of one kind in a sequence. Immutable and thread-safe.
 *
 * @param kind a modality, {@code text}, {@code special} or {@code size}
 * @param from the first place
 * @param to the place after the last
 */
public record Span(String kind, int from, int to) {
  /** The kind of special tokens. */
  public static final String SPECIAL = "special";

  /** The kind of text ids. */
  public static final String TEXT = "text";

  /** The kind of size tags. */
  public static final String SIZE = "size";

  /** The same, so many places later. */
  Span moved(int places) {
    return new Span(kind, from + places, to + places);
  }
}
