package org.tessera.model.engine.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tessera.model.engine.Engine;
import org.tessera.model.engine.EngineContract;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.ModelException;

class TensorFlowEngineTest extends EngineContract {
  @Override
  protected Engine engine() {
    return Engines.of("tensorflow");
  }

  @Override
  protected Path vectorQuantizer() throws Exception {
    return TestSavedModels.vectorQuantizer(temporary.resolve("quantizer"));
  }

  @Override
  protected Path increments() throws Exception {
    return TestSavedModels.increments(temporary.resolve("increments"));
  }

  @Override
  protected String signature() {
    return "encode";
  }

  @Test
  void listsTheSignaturesThatAreThere() {
    assertThatThrownBy(
            () ->
                engine()
                    .load(
                        temporary.resolve("quantizer"),
                        Set.of("encoder"),
                        EngineOptions.threads(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Cannot find signature encoder in SavedModel")
        .hasMessageContaining("(did you mean encode?)");
  }

  @Test
  void refusesADamagedModel() throws Exception {
    Path model = temporary.resolve("quantizer").resolve("saved_model.pb");
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(
            () ->
                engine()
                    .load(
                        temporary.resolve("quantizer"), Set.of("encode"), EngineOptions.threads(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("Cannot load SavedModel " + temporary.resolve("quantizer"));
  }

  @Test
  void isFoundByName() {
    assertThat(Engines.names()).contains("tensorflow");
    assertThatThrownBy(() -> Engines.of("torch"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("Cannot find engine: torch (on the class path are [");
  }
}
