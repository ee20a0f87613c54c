package org.tessera.pipeline.export;

import java.util.Arrays;
import java.util.Locale;

/** In which order the ids of one sample follow each other in a sequence. */
public enum FlattenOrder {
  /** As stored: row-major over the layout's axes. */
  ROW_MAJOR,
  /** All ids of the first level, then all of the second, ...; each row-major. */
  LEVEL_MAJOR,
  /** Position by position, all levels of a position together. */
  INTERLEAVED,
  /**
   * Step by step, all levels of a step together, level k delayed by k steps; the places that the
   * delay leaves are padded (MusicGen, arXiv 2306.05284).
   */
  DELAY,
  /** Scale by scale, coarse first; in a scale position by position, levels together. */
  SCALES;

  /** The name in options and files, e.g. {@code level-major}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The order of a name.
   *
   * @throws IllegalArgumentException for an unknown name, listing the known ones
   */
  public static FlattenOrder of(String id) {
    return Arrays.stream(values())
        .filter(order -> order.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Cannot flatten in order "
                        + id
                        + " (choose one of "
                        + String.join(", ", Arrays.stream(values()).map(FlattenOrder::id).toList())
                        + ")"));
  }
}
