package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.ManifestJson;

/** Bundles that {@link BundleCreator} makes of specifications and of files beside them. */
abstract class CreatedBundles {
  @TempDir Path temporary;
  private int bundles;

  /** Copies an ONNX file of the engine's tests. */
  void copyOnnx(String name) throws IOException {
    try (var model =
        getClass().getResourceAsStream("/org/tessera/model/engine/onnx/" + name + ".onnx")) {
      Files.copy(model, temporary.resolve(name + ".onnx"));
    }
  }

  Bundle create(String yaml) throws IOException {
    JsonNode spec = new YAMLMapper().readTree(yaml);
    return BundleCreator.create(spec, temporary, temporary.resolve("made" + bundles++));
  }

  /** A tensor as the manifest that was made says it. */
  static String tensor(Bundle bundle, String place) {
    return ManifestJson.write(bundle.manifest()).at("/models/0/" + place).toString();
  }

  void assertFails(String yaml, String message) {
    assertThatThrownBy(() -> create(yaml))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(message);
  }
}
