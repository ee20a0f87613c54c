package org.tessera.udf.eeg.read;

import java.util.ArrayList;
import java.util.List;
import org.tessera.udf.sample.SampleException;

/** The names of the files that belong to a header, as the header says them. */
public final class CompanionNames {
  private CompanionNames() {}

  /**
   * The companions that a header names; none for other files and for headers that are not readable.
   *
   * @param name the header's file name
   * @param content its bytes
   */
  public static List<String> of(String name, byte[] content) {
    List<String> names = new ArrayList<>();
    try {
      switch (EegFormat.of(content).map(Enum::name).orElse("")) {
        case "BRAINVISION" -> {
          IniText header = IniText.parse(content);
          for (String key : List.of("DataFile", "MarkerFile")) {
            add(names, header.get("Common Infos", key).map(v -> expand(v, name)).orElse(""));
          }
        }
        case "EEGLAB_MAT5", "EEGLAB_HDF5" -> add(names, EeglabRecording.signalFile(content));
        default -> {}
      }
    } catch (SampleException e) {
      return List.of();
    }
    return names;
  }

  private static void add(List<String> names, String candidate) {
    if (isPlain(candidate)) {
      names.add(candidate);
    }
  }

  /** Whether a name is that of a file in the same folder. */
  static boolean isPlain(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('\\') < 0
        && name.indexOf('\0') < 0
        && !name.matches("^[A-Za-z]:.*");
  }

  /** BrainVision's {@code $b} stands for the header's name without its extension. */
  static String expand(String value, String headerName) {
    return value.replace("$b", stem(headerName));
  }

  static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 1 ? name : name.substring(0, dot);
  }
}
