package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Randomness;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;

class TokenizersTest {
  @TempDir Path temporary;

  private Bundle bundle(int codes) throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("bundle" + codes))) {
      TestSavedModels.vectorQuantizer(writer.directory().resolve("model"));
      return writer.finish(
          TokenizerManifest.builder("corners", Modality.POINTS)
              .model(
                  ModelSpec.of(
                          "tensorflow",
                          "model",
                          SignatureSpec.of(
                              "encode",
                              Map.of(Roles.SIGNAL, "vectors"),
                              Map.of(Roles.IDS, "ids", Roles.QUANTIZATION_ERROR, "error")))
                      .withDecode(
                          SignatureSpec.of(
                              "decode", Map.of(Roles.IDS, "ids"), Map.of(Roles.SIGNAL, "vectors"))))
              .step(new Step("points", new java.util.TreeMap<>()))
              .layout(
                  new TokenLayout(List.of("position"), List.of(-1), List.of(codes), "", List.of()))
              .licence("Apache-2.0"));
    }
  }

  @Test
  void encodesToIdsAndErrorsAndDecodes() throws Exception {
    try (Bundle bundle = bundle(4);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor vectors = tokenizer.allocate(ElementType.FLOAT32, 2, 3, 2)) {
      vectors.write(0, new float[] {0, 0, .9f, .1f, 1, 1, 0, 1, .5f, 0, 0, .6f}, 0, 12);
      Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, vectors));
      assertThat(codes.ids()).containsExactly(0, 2, 3, 1, 0, 1);
      assertThat(codes.shape()).containsExactly(3);
      assertThat(codes.batch()).isEqualTo(2);
      assertThat(codes.levels()).isEqualTo(1);
      assertThat(codes.errors()[0]).isCloseTo(.02f / 3, org.assertj.core.data.Offset.offset(1e-6f));
      assertThat(tokenizer.device()).isEqualTo("CPU:0");
      assertThat(tokenizer.engineVersion()).startsWith("tensorflow 2.");
      try (NativeTensor decoded = tokenizer.decode(codes.ids(), 2, codes.shape())) {
        float[] values = new float[12];
        decoded.read(0, values, 0, 12);
        assertThat(values).containsExactly(0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 1);
      }
    }
  }

  @Test
  void hasNoLatentsWhenTheModelReturnsIds() throws Exception {
    try (Bundle bundle = bundle(4);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor vectors = tokenizer.allocate(ElementType.FLOAT32, 1, 1, 2)) {
      assertThatThrownBy(() -> tokenizer.latents(Map.of(Roles.SIGNAL, vectors)))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("Cannot take latents from tokenizer corners: its models return ids");
    }
  }

  @Test
  void refusesIdsOutsideTheCodebook() throws Exception {
    try (Bundle bundle = bundle(3);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor vectors = tokenizer.allocate(ElementType.FLOAT32, 1, 2, 2)) {
      vectors.write(0, new float[] {0, 0, 1, 1}, 0, 4);
      assertThatThrownBy(() -> tokenizer.encode(Map.of(Roles.SIGNAL, vectors)))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              "Cannot use output ids of tokenizer corners: sample 0 has the id 3 at [1], but the"
                  + " layout [position] allows 0 to 2 there (check the layout)");
    }
  }

  /** The same graph writes a file when it is trusted: the refusal is not for show. */
  @Test
  void refusesAMaliciousModelUnlessTrusted() throws Exception {
    Path loot = temporary.resolve("loot");
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("evil"))) {
      TestSavedModels.fileWriter(writer.directory().resolve("model"), loot);
      try (Bundle bundle =
          writer.finish(
              TokenizerManifest.builder("evil", Modality.POINTS)
                  .model(
                      ModelSpec.of(
                          "tensorflow",
                          "model",
                          SignatureSpec.of(
                              "encode", Map.of(Roles.SIGNAL, "x"), Map.of(Roles.IDS, "ids"))))
                  .layout(
                      new TokenLayout(
                          List.of("position"), List.of(-1), List.of(4), "", List.of())))) {
        assertThatThrownBy(() -> Tokenizers.load(bundle, TokenizerOptions.threads(1)))
            .isInstanceOf(ModelException.class)
            .hasMessageContaining("Cannot load model of tokenizer evil: its graph is not safe")
            .hasMessageContaining("WriteFile reads or writes files");
        assertThat(loot).doesNotExist();
        try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1).trusting());
            NativeTensor ids = tokenizer.allocate(ElementType.INT32, 1, 2)) {
          tokenizer.encode(Map.of(Roles.SIGNAL, ids));
        }
        assertThat(loot).hasContent("taken");
      }
    }
  }

  private Bundle sums(TensorSpec offsets, Randomness randomness) throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("sums" + offsets.hashCode()))) {
      TestSavedModels.sums(writer.directory().resolve("model"));
      SignatureSpec encode =
          new SignatureSpec(
              "encode",
              new java.util.TreeMap<>(
                  Map.of(
                      Roles.SIGNAL,
                      TensorSpec.of("x").withShape(List.of(-1)),
                      "offsets",
                      offsets,
                      Roles.SEED,
                      TensorSpec.of("seed"))),
              new java.util.TreeMap<>(Map.of(Roles.IDS, TensorSpec.of("ids"))));
      return writer.finish(
          TokenizerManifest.builder("sums", Modality.EEG)
              .model(ModelSpec.of("tensorflow", "model", encode))
              .randomness(randomness)
              .layout(
                  new TokenLayout(List.of("position"), List.of(3), List.of(1000), "", List.of())));
    }
  }

  /** The front-end gives [1, 3] a sample; the model wants [3]. */
  @Test
  void feedsConstantsAndTheSeedAndReshapes() throws Exception {
    TensorSpec offsets =
        TensorSpec.constant("offsets", TensorSpec.Constant.vector(List.of(1, 2, 3)));
    try (Bundle bundle = sums(offsets, new Randomness(Randomness.Policy.SEED, 500));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor x = tokenizer.allocate(Roles.SIGNAL, ElementType.INT32, 2, 1, 3)) {
      x.write(0, new int[] {10, 20, 30, 0, 0, 0}, 0, 6);
      Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, x));
      assertThat(codes.ids()).containsExactly(511, 522, 533, 501, 502, 503);
    }
  }

  @Test
  void asksForInputsAndShapesThatFit() throws Exception {
    TensorSpec open = TensorSpec.of("offsets");
    try (Bundle bundle = sums(open, new Randomness(Randomness.Policy.SEED, 0));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor x = tokenizer.allocate(Roles.SIGNAL, ElementType.INT32, 2, 3)) {
      assertThatThrownBy(() -> tokenizer.encode(Map.of(Roles.SIGNAL, x)))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("input offsets int32[3] is missing (feed it)");
      assertThatThrownBy(() -> tokenizer.encode(Map.of("sinal", x)))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("has no such role (did you mean signal?)");
      assertThatThrownBy(() -> tokenizer.encode(Map.of()))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("all inputs of a batch have the same");
    }
  }

  /** The scores stand where errors would, so that every bit of the layer's output is compared. */
  @Test
  void exactNumericsDoNotDependOnTheBatch() throws Exception {
    int size = 768;
    float[] rows = new float[8 * size];
    java.util.Random random = new java.util.Random(2);
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) random.nextGaussian();
    }
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("dense"))) {
      TestSavedModels.dense(writer.directory().resolve("model"));
      SignatureSpec encode =
          SignatureSpec.of(
              "encode",
              Map.of(Roles.SIGNAL, "x"),
              Map.of(Roles.IDS, "ids", Roles.QUANTIZATION_ERROR, "scores"));
      try (Bundle bundle =
              writer.finish(
                  TokenizerManifest.builder("dense", Modality.POINTS)
                      .model(ModelSpec.of("tensorflow", "model", encode))
                      .layout(
                          new TokenLayout(
                              List.of("level"), List.of(1), List.of(size), "level", List.of())));
          Tokenizer exact = Tokenizers.load(bundle, TokenizerOptions.threads(1).exact());
          Tokenizer batched = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        Codes all = encode(exact, rows, 8);
        assertThat(encode(batched, rows, 8).ids()).isEqualTo(all.ids());
        for (int i = 0; i < 8; i++) {
          float[] row = java.util.Arrays.copyOfRange(rows, i * size, (i + 1) * size);
          Codes one = encode(exact, row, 1);
          assertThat(one.ids()).containsExactly(all.ids()[i]);
          assertThat(one.errors()).containsExactly(all.errors()[i]);
          assertThat(encode(batched, row, 1).errors()).isEqualTo(one.errors());
        }
      }
    }
  }

  private static Codes encode(Tokenizer tokenizer, float[] rows, int batch) {
    try (NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, batch, 768)) {
      tensor.write(0, rows, 0, rows.length);
      return tokenizer.encode(Map.of(Roles.SIGNAL, tensor));
    }
  }
}
