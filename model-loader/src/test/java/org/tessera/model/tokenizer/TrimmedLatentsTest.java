package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Roles;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;

/**
 * Latents as a vision transformer gives them, with a class token in front of the patches and
 * something behind. Both models double what they get.
 */
class TrimmedLatentsTest extends CreatedBundles {
  private static final String TENSORFLOW =
      """
      name: patches
      version: "1"
      modality: image
      models:
        - path: features
          encode:
            signature: encode
            inputs: {signal: features}
            outputs:
              latents: {tensor: latents, trim_front: 1, trim_back: 2, shape: [2, 2, 4]}
      output: latents
      quantizer:
        {family: vq, codebook: codes.npy, metric: euclidean, normalise: none, dequantise: stored}
      layout: {axes: [row, column], shape: [2, 2], radices: [3]}
      licence: Apache-2.0
      source: made by a test
      """;

  /** The ONNX model has {@code [batch, 4, ?, ?]}: four positions, of which one is left. */
  private static final String ONNX =
      TENSORFLOW
          .replaceAll("(?s)models:.*output: latents", "models:\nMODELoutput: latents")
          .replace(
              "MODEL",
              """
                - path: features.onnx
                  encode:
                    inputs: {signal: "serving_default_features:0"}
                    outputs:
                      latents:
                        tensor: "PartitionedCall:0"
                        trim_front: 1
                        trim_back: 2
                        shape: [4, 2, 2]
                        axes: [batch, channel, row, column]
              """);

  @BeforeEach
  void write() throws Exception {
    TestSavedModels.features(temporary.resolve("features"), 3);
    copyOnnx("features");
    float[] codes = {0, 0, 0, 0, 2, 2, 2, 2, 4, 4, 4, 4};
    Npy.write(temporary.resolve("codes.npy"), NpyArray.of(codes, 3, 4));
  }

  /** Two samples of seven positions; each position is four times its number. */
  @Test
  void leavesOutPositionsAndMakesAGrid() throws Exception {
    try (Bundle bundle = create(TENSORFLOW);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 2, 7, 4)) {
      float[] positions = {9, 0, 1, 2, 1, 9, 9, 9, 2, 2, 0, 0, 9, 9};
      float[] values = new float[56];
      for (int i = 0; i < values.length; i++) {
        values[i] = positions[i / 4];
      }
      signal.write(0, values, 0, values.length);
      Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, signal));
      assertThat(codes.ids()).containsExactly(0, 1, 2, 1, 2, 2, 0, 0);
      assertThat(codes.shape()).containsExactly(2, 2);
      Latents latents = tokenizer.latents(Map.of(Roles.SIGNAL, signal));
      assertThat(latents.shape()).containsExactly(2, 2, 4);
      assertThat(latents.values()).hasSize(32).startsWith(0, 0, 0, 0, 2, 2, 2, 2, 4);
      assertThat(latents.values()[31]).isZero();
    }
  }

  @Test
  void doesSoBehindAnOnnxModelAndByTheNamesOfAxes() throws Exception {
    try (Bundle bundle = create(ONNX);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 1, 4, 4, 4)) {
      float[] values = new float[64];
      for (int i = 0; i < 16; i++) {
        values[16 + i] = i % 4 == 3 ? 2 : i % 4 == 1 ? 1 : 0;
      }
      signal.write(0, values, 0, values.length);
      assertThat(tokenizer.encode(Map.of(Roles.SIGNAL, signal)).ids()).containsExactly(0, 1, 0, 2);
      assertThat(tokenizer.latents(Map.of(Roles.SIGNAL, signal)).values())
          .containsExactly(0, 0, 0, 0, 2, 2, 2, 2, 0, 0, 0, 0, 4, 4, 4, 4);
    }
  }

  @Test
  void writesWhatItReads() throws Exception {
    try (Bundle bundle = create(TENSORFLOW)) {
      assertThat(tensor(bundle, "encode/outputs/latents"))
          .isEqualTo("{\"tensor\":\"latents\",\"shape\":[2,2,4],\"trim_front\":1,\"trim_back\":2}");
    }
  }

  /** Of three positions none is left, neither for the quantizer nor for who learns from them. */
  @Test
  void leavesNothingOfFewerPositions() throws Exception {
    String open =
        TENSORFLOW
            .replace(", shape: [2, 2, 4]", "")
            .replace("axes: [row, column], shape: [2, 2]", "axes: [position], shape: [-1]");
    try (Bundle bundle = create(open);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      for (int count : new int[] {1, 3}) {
        try (NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 2, count, 4)) {
          assertThat(tokenizer.encode(Map.of(Roles.SIGNAL, signal)).ids()).isEmpty();
          Latents latents = tokenizer.latents(Map.of(Roles.SIGNAL, signal));
          assertThat(latents.shape()).containsExactly(0, 4);
          assertThat(latents.values()).isEmpty();
        }
      }
    }
  }

  @Test
  void refusesWhatCannotBe() throws Exception {
    String output = "trim_front: 1, trim_back: 2, shape: [2, 2, 4]";
    for (List<String> wrong :
        List.of(
            List.of("trim_front: -1", "trim_front and trim_back cannot be below 0"),
            List.of(
                "shape: [2, 8]", "the manifest gives it the axes [batch, row, column, channel]"),
            List.of(
                "trim_front: 1, axes: [batch, row, column]",
                "what is trimmed or reshaped has batch and channel (name them)"))) {
      assertFails(TENSORFLOW.replace(output, wrong.get(0)), wrong.get(1));
    }
    assertThatThrownBy(
            () ->
                create(
                    TENSORFLOW.replace(
                        "signal: features", "signal: {tensor: features, trim_front: 1}")))
        .hasMessageContaining("trim_front and trim_back are for outputs (leave them out)");
    assertThatThrownBy(() -> create(ONNX.replace("trim_front: 1", "trim_front: 2")))
        .hasMessageContaining("4 positions are trimmed (leave some of axis 1)");
    try (Bundle bundle = create(TENSORFLOW);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 1, 6, 4)) {
      assertThatThrownBy(() -> tokenizer.encode(Map.of(Roles.SIGNAL, signal)))
          .isInstanceOf(ModelException.class);
      assertThatThrownBy(() -> tokenizer.latents(Map.of(Roles.SIGNAL, signal)))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              "Cannot reshape [1, 3, 4] for latents: the manifest says [2, 2, 4] after the batch"
                  + " axis");
    }
  }
}
