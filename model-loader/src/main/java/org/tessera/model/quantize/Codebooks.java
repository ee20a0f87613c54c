package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tessera.model.npy.FloatTensor;

/** Reads several codebooks that follow one rule, as levels or groups. */
final class Codebooks {
  private Codebooks() {}

  /** One quantizer a level; all levels have equal dimensions. */
  static List<FamilyQuantizer> readLevels(SpecReader reader, String parameter) {
    VectorRule rule = VectorRule.read(reader);
    List<FamilyQuantizer> levels = new ArrayList<>();
    for (SpecReader.Named named : reader.tensors(parameter, 2, 3)) {
      for (FloatTensor table : tables(named.tensor())) {
        levels.add(quantizer(table, rule));
      }
      int d = named.tensor().extent(-1);
      if (d != levels.get(0).dimensions()) {
        reader.problem(
            named
                + " has codes of "
                + d
                + " dimensions and level 0 of "
                + levels.get(0).dimensions()
                + " (levels add up, so they need equal dimensions)");
      }
    }
    return levels;
  }

  /** One quantizer a group; groups may differ. */
  static List<FamilyQuantizer> readGroups(SpecReader reader, String parameter) {
    VectorRule rule = VectorRule.read(reader);
    List<FamilyQuantizer> groups = new ArrayList<>();
    for (SpecReader.Named named : reader.tensors(parameter, 2, 3)) {
      for (FloatTensor table : tables(named.tensor())) {
        groups.add(quantizer(table, rule));
      }
    }
    return groups;
  }

  /** The codebook quantizer of one table. */
  static FamilyQuantizer quantizer(FloatTensor table, VectorRule rule) {
    return new VectorQuantizer(new Codebook(List.of(table), new double[] {1}, rule));
  }

  /** One table, or those along the first of three axes. */
  private static List<FloatTensor> tables(FloatTensor tensor) {
    if (tensor.rank() == 2) {
      return List.of(tensor);
    }
    int codes = tensor.extent(1);
    int d = tensor.extent(2);
    List<FloatTensor> tables = new ArrayList<>();
    for (int at = 0; at < tensor.values().length; at += codes * d) {
      tables.add(FloatTensor.of(Arrays.copyOfRange(tensor.values(), at, at + codes * d), codes, d));
    }
    return tables;
  }
}
