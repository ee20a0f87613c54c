package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;

/** Latents of another engine, of a chain of models, and of the front-end alone. */
class LatentSourcesTest extends LatentTokenizers {
  /** Channels first, with the tensor names of tf2onnx; the quantizer is a TensorFlow graph. */
  @Test
  void quantizesAnotherEnginesLatents() throws Exception {
    float[] rows = floats(2 * 6 * DIMENSIONS);
    float[] channelsFirst = new float[rows.length];
    for (int b = 0; b < 2; b++) {
      for (int p = 0; p < 6; p++) {
        for (int c = 0; c < DIMENSIONS; c++) {
          channelsFirst[(b * DIMENSIONS + c) * 6 + p] = rows[(b * 6 + p) * DIMENSIONS + c];
        }
      }
    }
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("onnx"))) {
      try (var model =
          getClass().getResourceAsStream("/org/tessera/model/engine/onnx/features.onnx")) {
        java.nio.file.Files.copy(model, writer.directory().resolve("features.onnx"));
      }
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      TensorSpec latents =
          TensorSpec.of("PartitionedCall:0").withAxes(List.of("batch", "channel", "row", "column"));
      SignatureSpec encode =
          new SignatureSpec(
              SignatureSpec.DEFAULT_NAME,
              new TreeMap<>(Map.of(Roles.SIGNAL, TensorSpec.of("serving_default_features:0"))),
              new TreeMap<>(Map.of(Roles.LATENTS, latents)));
      try (Bundle bundle =
              writer.finish(
                  TokenizerManifest.builder("latent", Modality.IMAGE)
                      .model(ModelSpec.of("onnx", "features.onnx", encode))
                      .output(ModelOutput.LATENTS)
                      .quantizer(residual())
                      .layout(layout("row", "column", "level")));
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        Codes codes = encode(tokenizer, channelsFirst, 2, DIMENSIONS, 2, 3);
        assertThat(codes.ids()).isEqualTo(expected(rows));
        assertThat(codes.shape()).containsExactly(2, 3, LEVELS);
        assertThat(tokenizer.engineVersion()).matches("onnxruntime [0-9.]+ \\+ tensorflow [0-9.]+");
        assertThat(tokenizer.decodable()).isFalse();
      }
    }
  }

  @Test
  void quantizesTheFrontEndsFeaturesWithoutAModel() throws Exception {
    float[] features = floats(2 * 3 * DIMENSIONS);
    float[] half = features.clone();
    for (int i = 0; i < half.length; i++) {
      half[i] /= 2;
    }
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("raw"))) {
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      try (Bundle bundle =
              writer.finish(
                  TokenizerManifest.builder("raw", Modality.EEG)
                      .output(ModelOutput.LATENTS)
                      .quantizer(residual())
                      .layout(layout("time", "level")));
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        Codes codes = encode(tokenizer, features, 2, 3, DIMENSIONS);
        assertThat(codes.ids()).isEqualTo(expected(half));
        try (NativeTensor signal = tokenizer.decode(codes.ids(), 2, codes.shape())) {
          assertThat(signal.shape()).containsExactly(2, 3, DIMENSIONS);
        }
      }
    }
  }

  @Test
  void runsAChainOfTwoModels() throws Exception {
    checkChain(
        "chain", UnaryOperator.identity(), UnaryOperator.identity(), UnaryOperator.identity());
    // As diffusers does between an autoencoder and what takes its latents.
    checkChain(
        "scaled", tensor -> tensor.withScaling(0.25f, 4), x -> (x - 0.25f) * 4, x -> x / 4 + 0.25f);
  }

  /** Checks two models that double, with something between them. */
  private void checkChain(
      String name,
      UnaryOperator<TensorSpec> link,
      UnaryOperator<Float> between,
      UnaryOperator<Float> back)
      throws Exception {
    float[] features = floats(3 * DIMENSIONS);
    float[] linked = features.clone();
    for (int i = 0; i < linked.length; i++) {
      linked[i] = between.apply(2 * linked[i]);
    }
    try (BundleWriter writer = BundleWriter.to(temporary.resolve(name))) {
      TestSavedModels.features(writer.directory().resolve("vae"), 3);
      TestSavedModels.features(writer.directory().resolve("head"), 3);
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      TensorSpec plainFeatures = TensorSpec.of("features");
      TensorSpec plainLatents = TensorSpec.of("latents");
      ModelSpec vae =
          ModelSpec.of(
                  "tensorflow",
                  "vae",
                  signature("encode", "signal", plainFeatures, "moments", plainLatents))
              .withDecode(
                  signature(
                      "decode",
                      "moments",
                      link.apply(plainLatents),
                      "signal",
                      TensorSpec.of("signal")));
      ModelSpec head =
          ModelSpec.of(
                  "tensorflow",
                  "head",
                  signature(
                      "encode", "moments", link.apply(plainFeatures), "latents", plainLatents))
              .withDecode(
                  signature("decode", "latents", plainLatents, "moments", TensorSpec.of("signal")));
      try (Bundle bundle =
              writer.finish(
                  TokenizerManifest.builder(name, Modality.IMAGE)
                      .model(vae)
                      .model(head)
                      .output(ModelOutput.LATENTS)
                      .quantizer(residual())
                      .layout(layout("position", "level")));
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
        Codes codes = encode(tokenizer, features, 1, 3, DIMENSIONS);
        assertThat(codes.ids()).isEqualTo(expected(linked));
        float[] vectors = new float[3 * DIMENSIONS];
        reference().decode(codes.ids(), 3, vectors);
        try (NativeTensor signal = tokenizer.decode(codes.ids(), 1, codes.shape())) {
          float[] values = new float[vectors.length];
          signal.read(0, values, 0, values.length);
          for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isCloseTo(back.apply(vectors[i] / 2) / 2, Offset.offset(1e-6f));
          }
        }
      }
    }
  }

  private static SignatureSpec signature(
      String name, String input, TensorSpec in, String output, TensorSpec out) {
    return new SignatureSpec(
        name, new TreeMap<>(Map.of(input, in)), new TreeMap<>(Map.of(output, out)));
  }

  @Test
  void refusesALayoutThatDoesNotFitTheQuantizer() throws Exception {
    TokenLayout noLevels =
        new TokenLayout(List.of("time"), List.of(-1), List.of(CODES), "", List.of());
    assertThatThrownBy(() -> load(noLevels))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining(
            "the quantizer makes 3 ids of a vector (give the layout an axis level");
    TokenLayout wrongRadix =
        new TokenLayout(List.of("time", "level"), List.of(-1, 3), List.of(8), "level", List.of());
    assertThatThrownBy(() -> load(wrongRadix))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("its radices are [8], the quantizer's are [16, 16, 16]");
  }

  private void load(TokenLayout layout) throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("x" + random.nextInt()))) {
      Npy.write(
          writer.directory().resolve("codebooks.npy"),
          NpyArray.of(codebooks, LEVELS, CODES, DIMENSIONS));
      try (Bundle bundle =
          writer.finish(
              TokenizerManifest.builder("raw", Modality.EEG)
                  .output(ModelOutput.LATENTS)
                  .quantizer(residual())
                  .layout(layout))) {
        Tokenizers.load(bundle, TokenizerOptions.threads(1)).close();
      }
    }
  }
}
