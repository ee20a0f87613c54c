package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.Npz;

class BundleCreatorTest {
  private static final String IDS =
      """
      name: corners
      version: "1"
      modality: points
      models:
        - path: quantizer
          encode: {signature: encode, inputs: {signal: vectors}, outputs: {ids: ids}}
          decode: {signature: decode}
      output: ids
      layout: {axes: [position], shape: [-1], radices: [4]}
      licence: Apache-2.0
      source: made by a test
      """;
  private static final String LATENTS =
      """
      name: onnx
      version: "1"
      modality: image
      models:
        - path: features.onnx
          encode:
            outputs:
              latents: {tensor: "PartitionedCall:0", axes: [batch, channel, row, column]}
      output: latents
      quantizer:
        {family: vq, codebook: codes.npy, metric: euclidean, normalise: none, dequantise: stored}
      layout: {axes: [row, column], shape: [-1, -1], radices: [2]}
      licence: Apache-2.0
      source: made by a test
      """;

  @TempDir Path temporary;
  private Path target;

  @BeforeEach
  void write() throws Exception {
    target = temporary.resolve("made.bundle");
    TestSavedModels.vectorQuantizer(temporary.resolve("quantizer"));
    try (var model =
        getClass().getResourceAsStream("/org/tessera/model/engine/onnx/features.onnx")) {
      Files.copy(model, temporary.resolve("features.onnx"));
    }
    Npy.write(
        temporary.resolve("codes.npy"), NpyArray.of(new float[] {0, 0, 0, 0, 1, 1, 1, 1}, 2, 4));
    Npy.write(temporary.resolve("three.npy"), NpyArray.of(new float[] {0, 0, 0, 1, 1, 1}, 2, 3));
  }

  private Bundle create(String yaml) throws Exception {
    JsonNode spec = new YAMLMapper().readTree(yaml);
    return BundleCreator.create(spec, temporary, target);
  }

  @Test
  void wrapsASavedModelAndFillsInWhatIsClear() throws Exception {
    try (Bundle bundle = create(IDS)) {
      assertThat(bundle.manifest().models().get(0).engine()).isEqualTo("tensorflow");
      assertThat(bundle.manifest().models().get(0).decode().orElseThrow().inputs())
          .containsOnlyKeys("ids");
      assertThat(bundle.manifest().files()).containsKey("model/saved_model.pb");
      assertThat(BundleVerifier.verify(bundle)).isEmpty();
    }
    assertThat(BundleVerifier.verify(target)).isEmpty();
  }

  @Test
  void wrapsAnOnnxFileAndItsCodebook() throws Exception {
    try (Bundle bundle = create(LATENTS)) {
      assertThat(bundle.manifest().models().get(0).engine()).isEqualTo("onnx");
      assertThat(bundle.manifest().files()).containsOnlyKeys("model.onnx", "tensors/codes.npy");
      try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
          NativeTensor image = tokenizer.allocate(ElementType.FLOAT32, 1, 4, 1, 2)) {
        // Twice the features: 0.4 is nearer to 1, 0.1 to 0.
        image.write(0, new float[] {.4f, .1f, .4f, .1f, .4f, .1f, .4f, .1f}, 0, 8);
        assertThat(tokenizer.encode(Map.of(Roles.SIGNAL, image)).ids()).containsExactly(1, 0);
      }
    }
  }

  @Test
  void takesArraysOfAnNpz() throws Exception {
    Npz.write(
        temporary.resolve("all.npz"),
        new TreeMap<>(Map.of("codes", NpyArray.of(new float[] {0, 0, 0, 0, 1, 1, 1, 1}, 2, 4))));
    try (Bundle bundle = create(LATENTS.replace("codes.npy", "\"all.npz:codes\""))) {
      assertThat(bundle.manifest().quantizer().orElseThrow().parameters())
          .containsEntry("codebook", "tensors/all.npz:codes");
    }
  }

  /** As in conf/systems, whose templates also have an empty {@code files}. */
  @Test
  void takesTensorsOfNestedQuantizers() throws Exception {
    float[] codes = {0, 0, 0, 0, 1, 1, 1, 1};
    float[] half = new float[16];
    for (int i = 0; i < 4; i++) {
      half[5 * i] = 0.5f;
    }
    Npz.write(
        temporary.resolve("level.npz"),
        new TreeMap<>(Map.of("codes", NpyArray.of(codes, 2, 4), "half", NpyArray.of(half, 4, 4))));
    String vq =
        "{family: vq, codebook: \"level.npz:codes\", metric: euclidean, normalise: none,"
            + " dequantise: stored}";
    String parts =
        "{family: residual, parts: ["
            + vq
            + ", {family: projected, project_in: \"level.npz:half\", project_out:"
            + " \"level.npz:half\", inner: "
            + vq
            + "}]}";
    String yaml =
        LATENTS
                .replaceAll("(?s)quantizer:.*?}", "quantizer: " + parts.replace("\\", ""))
                .replace("axes: [row, column]", "axes: [row, column, level]")
                .replace("shape: [-1, -1]", "shape: [-1, -1, 2]")
                .replace("radices: [2]", "radices: [2], slot_axis: level")
            + "files: {}\n";
    try (Bundle bundle = create(yaml);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor image = tokenizer.allocate(ElementType.FLOAT32, 1, 4, 1, 1)) {
      assertThat(bundle.manifest().files()).containsOnlyKeys("model.onnx", "tensors/level.npz");
      // Twice the features is 2.4: code 1 leaves 1.4, half of which is nearer to 1 than to 0.
      image.write(0, new float[] {1.2f, 1.2f, 1.2f, 1.2f}, 0, 4);
      assertThat(tokenizer.encode(Map.of(Roles.SIGNAL, image)).ids()).containsExactly(1, 1);
    }
  }

  private void assertFails(String yaml, String... parts) {
    assertThatThrownBy(() -> create(yaml))
        .isInstanceOf(BundleException.class)
        .message()
        .contains(parts);
    assertThat(target).doesNotExist();
  }

  @Test
  void saysWhatTheModelOffers() {
    assertFails(
        IDS.replace("signature: encode,", "signature: encoder,"),
        "models[0].encode.signature: there is no encoder\nThe model has\n"
            + "  decode: (ids int32[?, ?]) -> (vectors float32[?, ?, 2])\n"
            + "  encode: (vectors float32[?, ?, 2]) -> (error float32[?], ids int32[?, ?])");
    assertFails(IDS.replace("signature: encode, ", ""), "models[0].encode.signature: missing");
    assertFails(
        IDS.replace("ids: ids", "ids: codes"),
        "models[0].encode.outputs: the model has no codes\nThe model has\n");
    assertFails(
        IDS.replace(", outputs: {ids: ids}", ""), "models[0].encode.outputs: missing\nThe model");
  }

  @Test
  void takesTheServingSignatureAmongOthers() throws Exception {
    Path file = temporary.resolve("quantizer/saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    MetaGraphDef.Builder graph = model.getMetaGraphsBuilder(0);
    graph.putSignatureDef("serving_default", graph.getSignatureDefOrThrow("encode"));
    Files.write(file, model.build().toByteArray());
    try (Bundle bundle = create(IDS.replace("signature: encode, ", ""))) {
      assertThat(bundle.manifest().models().get(0).encode().name()).isEqualTo("serving_default");
    }
  }

  @Test
  void saysThatAModelServesNothing() throws Exception {
    Path file = temporary.resolve("quantizer/saved_model.pb");
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    model.getMetaGraphsBuilder(0).clearSignatureDef();
    Files.write(file, model.build().toByteArray());
    assertFails(IDS, "models[0].encode.signature: the model serves none (save it with signatures");
  }

  @Test
  void refusesFilesThatAreNotThere() {
    assertFails(IDS.replace("path: quantizer", "path: other"), "other does not exist");
    assertFails(
        IDS.replace("path: quantizer", "path: codes.npy"),
        "codes.npy is neither a SavedModel directory nor an .onnx file");
    assertFails(LATENTS.replace("codes.npy", "none.npy"), "none.npy does not exist");
  }

  @Test
  void saysHowTensorsAreGiven() throws Exception {
    Files.write(temporary.resolve("codes.pt"), new byte[] {'P', 'K', 3, 4});
    assertFails(LATENTS.replace("codes.npy", "codes.pt"), "codes.pt is no tensor (write numbers");
    Npz.write(
        temporary.resolve("codes.npz"),
        new TreeMap<>(Map.of("embedding", NpyArray.of(new float[] {1, 2}, 1, 2))));
    assertFails(
        LATENTS.replace("codes.npy", "codes.npz"),
        "write tensors/codes.npz:ARRAY; its arrays are embedding");
  }

  @Test
  void saysOnceThatSomethingIsNoText() {
    String spec =
        IDS.replace("\"1\"", "1")
            .replace("corners", "5")
            .replace("modality: points", "modality: 3");
    assertThatThrownBy(() -> create(spec))
        .isInstanceOfSatisfying(
            BundleException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly(
                        "name: give text, not 5 (write \"5\")",
                        "version: give text, not 1 (write \"1\")",
                        "modality: give text, not 3 (write \"3\")"));
  }

  @Test
  void refusesDigests() {
    assertFails(IDS + "files: {a: b}\n", "files are found and digested here");
  }

  @Test
  void leavesNothingWhenTheBundleDoesNotFit() {
    assertFails(
        LATENTS.replace("radices: [2]", "radices: [3]"),
        "its radices are [3], the quantizer's are [2]");
    assertFails(
        LATENTS.replace("axes: [batch, channel, row, column]", "axes: [batch, channel, x, y]"),
        "Cannot use latents with the axes [batch, channel, x, y] (name batch, row, column and"
            + " channel)");
    assertFails(
        LATENTS
            .replace("[row, column], shape: [-1, -1]", "[position], shape: [-1]")
            .replace(", axes: [batch, channel, row, column]", ""),
        "Cannot use the output PartitionedCall:0 float32[?, 4, ?, ?] of tokenizer onnx: the"
            + " manifest gives it the axes [batch, position, channel] (name the axes that it has;"
            + " without batch, and with batch: 1 for the model, where it is of one sample; without"
            + " channel where it is one value a position; one vector a sample is the layout axes [level], shape [1], slot_axis level)");
    assertFails(
        LATENTS.replace("codes.npy", "three.npy"),
        "Cannot use the output PartitionedCall:0 float32[?, 4, ?, ?] of tokenizer onnx: its vectors"
            + " have 4 values, and the quantizer takes 3 (give the codebooks of this model, or name"
            + " the axes)");
    assertFails(
        LATENTS.replace("axes: [batch, channel, row, column]", "axes: [batch, channel]"),
        "(name batch, row, column and channel; one vector a sample is the layout axes [level]");
    assertFails(IDS.replace("radices: [4]", "radicse: [4]"), "did you mean radices?");
  }

  @Test
  void refusesAMaliciousModelBeforeItRuns() throws Exception {
    Path loot = temporary.resolve("loot");
    TestSavedModels.fileWriter(temporary.resolve("evil"), loot);
    assertFails(
        IDS.replace("path: quantizer", "path: evil")
            .replace("inputs: {signal: vectors}", "inputs: {signal: x}")
            .replaceAll("\n +decode.*", ""),
        "is not safe to run",
        "WriteFile reads or writes files");
    assertThat(loot).doesNotExist();
  }

  @Test
  void verifierReportsOriginShapesAndDamage() throws Exception {
    create(IDS.replace("licence: Apache-2.0", "licence: my own").replaceAll("source.*\n", ""))
        .close();
    assertThat(BundleVerifier.verify(target))
        .extracting(Finding::toString)
        .containsExactly(
            "warning: licence: my own is no SPDX expression (e.g. Apache-2.0, or LicenseRef-Name"
                + " for another)",
            "warning: source: missing (say where the model comes from)");
    Files.writeString(target.resolve("model/saved_model.pb"), "x");
    assertThat(BundleVerifier.verify(target))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.isError()).isTrue();
              assertThat(finding.message()).contains("its SHA-256 is");
            });
  }

  @Test
  void takesSpdxExpressions() throws Exception {
    for (String licence :
        List.of("MIT", "Apache-2.0 WITH LLVM-exception", "(MIT OR CC-BY-4.0)", "LicenseRef-X")) {
      TokenizerManifest manifest;
      try (Bundle bundle = create(IDS.replace("licence: Apache-2.0", "licence: " + licence))) {
        assertThat(BundleVerifier.verify(bundle)).isEmpty();
        manifest = bundle.manifest();
      }
      assertThat(manifest.licence()).isEqualTo(licence);
      target = temporary.resolve("made" + licence.hashCode());
    }
  }
}
