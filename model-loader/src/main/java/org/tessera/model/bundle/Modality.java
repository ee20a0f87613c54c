package org.tessera.model.bundle;

import java.util.Locale;

/** What a tokenizer reads. */
public enum Modality {
  IMAGE,
  AUDIO,
  EEG,
  POINTS;

  /** The name in manifests, paths and tables, e.g. {@code image}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The modality of a name.
   *
   * @throws IllegalArgumentException for an unknown name, listing the known ones
   */
  public static Modality of(String id) {
    for (Modality modality : values()) {
      if (modality.id().equals(id)) {
        return modality;
      }
    }
    throw new IllegalArgumentException(
        "Cannot use modality: " + id + " (choose one of image, audio, eeg, points)");
  }
}
