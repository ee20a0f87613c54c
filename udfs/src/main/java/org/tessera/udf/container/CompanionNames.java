package org.tessera.udf.container;

import java.util.List;
import org.tessera.model.bundle.Modality;
import org.tessera.udf.eeg.EegCompanions;

/** Which files beside a header belong to its sample, judged by name alone. */
public final class CompanionNames {
  private CompanionNames() {}

  /** The names that companions of a file most likely have; none for most files. */
  public static List<String> likely(Modality modality, String name) {
    return switch (modality) {
      case IMAGE, AUDIO -> List.of();
      case EEG -> EegCompanions.likely(name);
      case POINTS ->
          name.endsWith(".obj")
              ? List.of(name.substring(0, name.length() - 4) + ".mtl", name + ".mtl")
              : List.of();
    };
  }
}
