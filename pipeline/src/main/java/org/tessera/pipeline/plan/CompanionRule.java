package org.tessera.pipeline.plan;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tessera.model.bundle.Modality;

/**
 * Which files beside a header belong to its sample, judged by name alone: same folder, same name up
 * to the extension, extensions without regard to case.
 */
final class CompanionRule {
  private static final Map<Modality, Map<String, List<String>>> RULES =
      Map.of(
          Modality.EEG,
          Map.of("vhdr", List.of("eeg", "dat", "vmrk"), "set", List.of("fdt")),
          Modality.POINTS,
          Map.of("obj", List.of("mtl")));

  private final Map<String, List<String>> companions;

  CompanionRule(Modality modality) {
    this.companions = RULES.getOrDefault(modality, Collections.emptyMap());
  }

  /**
   * The header of each companion.
   *
   * @param names file names of one folder
   * @return companion name to header name
   */
  Map<String, String> headers(List<String> names) {
    Map<String, String> headers = new HashMap<>();
    if (companions.isEmpty()) {
      return headers;
    }
    for (String header : names) {
      for (String wanted : companions.getOrDefault(extension(header), List.of())) {
        for (String name : names) {
          if (extension(name).equals(wanted) && stem(name).equals(stem(header))) {
            headers.putIfAbsent(name, header);
          }
        }
      }
    }
    return headers;
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? name : name.substring(0, dot);
  }

  private static String extension(String name) {
    int dot = name.lastIndexOf('.');
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }
}
