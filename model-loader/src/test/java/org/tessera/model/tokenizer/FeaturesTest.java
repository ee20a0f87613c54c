package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;

/** The vectors of each kind of bundle. */
class FeaturesTest {
  @TempDir Path temporary;

  private static Latents features(Bundle bundle, float[] signal, long... shape) {
    try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor tensor = tokenizer.allocate(ElementType.FLOAT32, shape)) {
      tensor.write(0, signal, 0, signal.length);
      return tokenizer.features(Map.of(Roles.SIGNAL, tensor));
    }
  }

  private static QuantizerSpec quantizer(String family, Map<String, Object> parameters) {
    return new QuantizerSpec(family, new TreeMap<>(parameters));
  }

  /** A model that finds the nearest corner of the unit square, and vectors of its ids. */
  private Bundle corners(QuantizerSpec quantizer) throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("corners"))) {
      TestSavedModels.vectorQuantizer(writer.directory().resolve("model"));
      Npy.write(
          writer.directory().resolve("corners.npy"),
          NpyArray.of(new float[] {10, 10, 10, 11, 11, 10, 11, 11}, 4, 2));
      TokenizerManifest.Builder manifest =
          TokenizerManifest.builder("corners", Modality.POINTS)
              .model(
                  ModelSpec.of(
                      "tensorflow",
                      "model",
                      SignatureSpec.of(
                          "encode", Map.of(Roles.SIGNAL, "vectors"), Map.of(Roles.IDS, "ids"))))
              .layout(new TokenLayout(List.of("position"), List.of(-1), List.of(4), "", List.of()));
      return writer.finish(manifest.quantizer(quantizer));
    }
  }

  @Test
  void ofAModelOfIdsAreTheVectorsOfTheIds() throws Exception {
    QuantizerSpec vq =
        quantizer(
            "vq",
            Map.of(
                "codebook", "corners.npy",
                "metric", "euclidean",
                "normalise", "none",
                "dequantise", "stored"));
    try (Bundle bundle = corners(vq)) {
      Tokenizers.requireFeatures(bundle);
      Latents features = features(bundle, new float[] {0, 0, .9f, .1f, .8f, 1}, 1, 3, 2);
      assertThat(features.shape()).containsExactly(3, 2);
      assertThat(features.values()).containsExactly(10, 10, 11, 10, 11, 11);
    }
  }

  @Test
  void ofIdsWithoutVectorsAreRefused() throws Exception {
    QuantizerSpec argmax = quantizer("argmax", Map.of("codes", 4));
    try (Bundle bundle = corners(argmax)) {
      assertThatThrownBy(() -> Tokenizers.requireFeatures(bundle))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              "Cannot take features from tokenizer corners: its models return ids, and its"
                  + " quantizer keeps no vectors for them (give a bundle with output latents or"
                  + " logits)");
    }
  }

  @Test
  void ofAClassifierAreItsLogits() throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("classifier"))) {
      TestSavedModels.features(writer.directory().resolve("model"), 3);
      try (Bundle bundle =
          writer.finish(
              TokenizerManifest.builder("classifier", Modality.AUDIO)
                  .model(
                      ModelSpec.of(
                          "tensorflow",
                          "model",
                          SignatureSpec.of(
                              "encode",
                              Map.of(Roles.SIGNAL, "features"),
                              Map.of(Roles.LOGITS, "latents"))))
                  .output(ModelOutput.LOGITS)
                  .quantizer(quantizer("argmax", Map.of("codes", 4)))
                  .layout(
                      new TokenLayout(List.of("time"), List.of(-1), List.of(4), "", List.of())))) {
        Latents features = features(bundle, new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4);
        assertThat(features.shape()).containsExactly(2, 4);
        assertThat(features.values()).containsExactly(2, 4, 6, 8, 10, 12, 14, 16);
      }
    }
  }

  @Test
  void withoutAModelAreThoseOfTheFrontEnd() throws Exception {
    try (BundleWriter writer = BundleWriter.to(temporary.resolve("raw"));
        Bundle bundle =
            writer.finish(
                TokenizerManifest.builder("raw", Modality.AUDIO)
                    .output(ModelOutput.LATENTS)
                    .quantizer(quantizer("argmax", Map.of("codes", 2)))
                    .layout(
                        new TokenLayout(
                            List.of("time"), List.of(-1), List.of(2), "", List.of())))) {
      Latents features = features(bundle, new float[] {1, 2, 3, 4}, 1, 2, 2);
      assertThat(features.shape()).containsExactly(2, 2);
      assertThat(features.values()).containsExactly(1, 2, 3, 4);
    }
  }
}
