package org.tessera.pipeline.plan;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.container.CompanionNames;

/**
 * Which files beside a header belong to its sample, judged by name alone: the data and marker files
 * of EEG headers, the material file of an OBJ mesh.
 */
final class CompanionRule {
  private final Modality modality;

  CompanionRule(Modality modality) {
    this.modality = modality;
  }

  /**
   * The header of each companion.
   *
   * @param names file names of one folder
   * @return companion name to header name
   */
  Map<String, String> headers(List<String> names) {
    Map<String, String> headers = new HashMap<>();
    Set<String> present = new HashSet<>(names);
    for (String header : names) {
      for (String companion : CompanionNames.likely(modality, header)) {
        if (present.contains(companion)) {
          headers.putIfAbsent(companion, header);
        }
      }
    }
    return headers;
  }
}
