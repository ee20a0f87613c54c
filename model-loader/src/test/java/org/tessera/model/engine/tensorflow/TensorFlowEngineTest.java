package org.tessera.model.engine.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.engine.Engine;
import org.tessera.model.engine.EngineContract;
import org.tessera.model.engine.EngineOptions;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;

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
  void takesTheGraphThatIsNotForTraining() throws Exception {
    tagGraphs(List.of("serve", "gpu"));
    assertLoads();
    tagGraphs(List.of());
    assertLoads();
    // As modules of TensorFlow Hub's first format: what is for training is not even judged.
    tagGraphs(List.of("train"), List.of());
    assertLoads();
    tagGraphs(List.of("train", "serve"), List.of("serve"));
    assertLoads();
  }

  @Test
  void refusesGraphsOfWhichSeveralMayBeMeant() throws Exception {
    tagGraphs(List.of("train"));
    assertRefused("no graph with the tag serve, but graphs tagged [[train]]");
    tagGraphs(List.of("serve", "tpu"), List.of("serve", "gpu"));
    assertRefused("no graph with the tag serve, but graphs tagged [[serve, tpu], [serve, gpu]]");
    tagGraphs();
    assertRefused("no graph with the tag serve, but none at all");
  }

  /** Graphs that are all the model's, those for training without signatures. */
  @SafeVarargs
  private void tagGraphs(List<String>... tags) throws Exception {
    Path original = temporary.resolve("quantizer").resolve("saved_model.pb");
    SavedModel model = SavedModel.parseFrom(Files.readAllBytes(original));
    SavedModel.Builder tagged = model.toBuilder().clearMetaGraphs();
    for (List<String> some : tags) {
      MetaGraphDef.Builder graph = model.getMetaGraphs(0).toBuilder();
      graph.getMetaInfoDefBuilder().clearTags().addAllTags(some);
      if (some.contains("train")) {
        graph.clearSignatureDef();
      }
      tagged.addMetaGraphs(graph);
    }
    Path copy = Files.createDirectories(temporary.resolve("tagged"));
    Files.write(copy.resolve("saved_model.pb"), tagged.build().toByteArray());
  }

  private void assertLoads() {
    Path model = temporary.resolve("tagged");
    assertThat(engine().scan(model, Set.of("encode"), Randomness.NONE)).isEmpty();
    try (ModelSession session = engine().load(model, Set.of("encode"), EngineOptions.threads(1))) {
      assertThat(session.signatures()).extracting(ModelSignature::name).contains("encode");
    }
  }

  private void assertRefused(String problem) {
    Path model = temporary.resolve("tagged");
    assertThat(engine().scan(model, Set.of("encode"), Randomness.NONE))
        .singleElement()
        .asString()
        .contains(problem);
    assertThatThrownBy(() -> engine().load(model, Set.of("encode"), EngineOptions.threads(1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void isFoundByName() {
    assertThat(Engines.names()).contains("tensorflow");
    assertThatThrownBy(() -> Engines.of("torch"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith("Cannot find engine: torch (on the class path are [");
  }
}
