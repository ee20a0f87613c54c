package org.tessera.pipeline.fit;

import java.util.Locale;

/**
 * How the features of one sample become vectors. Immutable and thread-safe.
 *
 * @param kind where vectors come from
 * @param size the side of a square patch in pixels; 0 for rows
 * @param axis the name of the position axis of rows in the token layout, e.g. {@code time}; empty
 *     for patches, whose axes are {@code row} and {@code column}
 */
public record VectorSpec(Kind kind, int size, String axis) {
  /** Where vectors come from. */
  public enum Kind {
    /**
     * Square patches of an image {@code [height, width, channels]} without overlap, in row-major
     * order; a vector is one patch in the order row, column, channel. Bytes are divided by 255.
     */
    PATCHES,
    /** The last axis of the features is a vector; all other axes are positions. */
    ROWS;

    /** The name in specifications, e.g. {@code patches}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
