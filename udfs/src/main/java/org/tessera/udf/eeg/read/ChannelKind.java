package org.tessera.udf.eeg.read;

import java.util.Locale;
import java.util.Optional;

/** What a channel measures; the names are MNE's channel types. */
public enum ChannelKind {
  EEG,
  EOG,
  ECG,
  EMG,
  SEEG,
  ECOG,
  DBS,
  BIO,
  MAG,
  GRAD,
  REF_MEG,
  STIM,
  RESP,
  TEMPERATURE,
  MISC;

  /** The name in steps and geometry, e.g. {@code eeg}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The kind of a name in any case ({@code TEMP} and {@code SAO2} as in EDF labels too). */
  public static Optional<ChannelKind> of(String name) {
    String id = name.strip().toUpperCase(Locale.ROOT);
    if (id.equals("TEMP")) {
      return Optional.of(TEMPERATURE);
    }
    if (id.equals("SAO2")) {
      return Optional.of(BIO);
    }
    for (ChannelKind kind : values()) {
      if (kind.name().equals(id)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }
}
