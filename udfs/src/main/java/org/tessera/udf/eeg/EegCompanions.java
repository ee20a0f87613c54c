package org.tessera.udf.eeg;

import java.util.List;
import java.util.Locale;
import org.tessera.udf.eeg.read.CompanionNames;

/** Which files belong to a header file of a recording. */
public final class EegCompanions {
  private EegCompanions() {}

  /**
   * The companions that a header names: the data and marker file of a BrainVision header, the data
   * file of an EEGLAB file. Plain names only: what names a path is left out.
   *
   * @param name the header's file name
   * @param content its bytes; for EEGLAB the whole file
   */
  public static List<String> named(String name, byte[] content) {
    return CompanionNames.of(name, content);
  }

  /**
   * The names that companions of a file most likely have, by its extension alone; none for other
   * files. Cheap enough for planning: a listed file with one of these names is a companion.
   */
  public static List<String> likely(String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 1) {
      return List.of();
    }
    String stem = name.substring(0, dot + 1);
    String extension = name.substring(dot + 1);
    boolean capitals = extension.equals(extension.toUpperCase(Locale.ROOT));
    List<String> companions =
        switch (extension.toLowerCase(Locale.ROOT)) {
          case "vhdr" -> List.of("eeg", "vmrk", "dat", "avg", "seg");
          case "ahdr" -> List.of("eeg", "amrk");
          case "set" -> List.of("fdt");
          default -> List.of();
        };
    return companions.stream()
        .map(other -> stem + (capitals ? other.toUpperCase(Locale.ROOT) : other))
        .toList();
  }
}
