package org.tessera.pipeline.export;

import java.util.Locale;

/** How the levels of one tokenizer share ids. */
public enum IdOffsets {
  /** Each level has ids of its own. */
  PER_LEVEL,
  /** All levels use the same ids; the place in the sequence tells them apart. */
  SHARED;

  /** The name in options and files. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The offsets of a name.
   *
   * @throws IllegalArgumentException for an unknown name
   */
  public static IdOffsets of(String id) {
    for (IdOffsets offsets : values()) {
      if (offsets.id().equals(id)) {
        return offsets;
      }
    }
    throw new IllegalArgumentException(
        "Cannot use id offsets " + id + " (choose per-level or shared)");
  }
}
