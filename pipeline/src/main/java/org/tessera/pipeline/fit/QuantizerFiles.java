package org.tessera.pipeline.fit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.pipeline.fit.LearnedQuantizer.Family;

/** Writes what was learned as NumPy files, and says it in the words of a manifest. */
final class QuantizerFiles {
  private final Path root;
  private final LearnedTokenizer learned;
  private final Family family;
  private boolean oneLevel;

  /** Files of a bundle in the making. */
  QuantizerFiles(Path root, LearnedTokenizer learned, Family family) {
    this.root = root;
    this.learned = learned;
    this.family = family;
  }

  /** Gives the ids a level axis of extent 1, for a vector that has no position. */
  QuantizerFiles asOneLevel() {
    oneLevel = true;
    return this;
  }

  /** Writes the tensors; a transform becomes linear maps around the quantizer. */
  QuantizerSpec write() throws IOException {
    LearnedTokenizer.Inner inner = learned.quantizer();
    SortedMap<String, NpyArray> tensors = new TreeMap<>(inner.tensors());
    String name = inner.family();
    SortedMap<String, Object> parameters = new TreeMap<>(inner.parameters());
    if (oneLevel) {
      parameters = new TreeMap<>(Map.of("parts", List.of(nested(name, parameters))));
      name = "residual";
    }
    if (learned.transform().isPresent()) {
      parameters = new TreeMap<>(Map.of("inner", nested(name, parameters)));
      name = "projected";
      project(learned.transform().get(), parameters, tensors);
    }
    for (Map.Entry<String, NpyArray> tensor : tensors.entrySet()) {
      Path file = root.resolve(tensor.getKey());
      Files.createDirectories(file.getParent());
      Npy.write(file, tensor.getValue());
    }
    return new QuantizerSpec(name, parameters);
  }

  private static SortedMap<String, Object> nested(
      String family, SortedMap<String, Object> parameters) {
    SortedMap<String, Object> nested = new TreeMap<>(parameters);
    nested.put("family", family);
    return nested;
  }

  private void project(
      Transform transform,
      SortedMap<String, Object> parameters,
      SortedMap<String, NpyArray> tensors) {
    tensors.put("transform/in.npy", transform.forwardWeight());
    tensors.put("transform/in_bias.npy", transform.forwardBias());
    parameters.put("project_in", "transform/in.npy");
    parameters.put("project_in_bias", "transform/in_bias.npy");
    if (family != Family.RANDOM_PROJECTION) {
      tensors.put("transform/out.npy", transform.backwardWeight());
      tensors.put("transform/out_bias.npy", transform.backwardBias());
      parameters.put("project_out", "transform/out.npy");
      parameters.put("project_out_bias", "transform/out_bias.npy");
    }
  }
}
