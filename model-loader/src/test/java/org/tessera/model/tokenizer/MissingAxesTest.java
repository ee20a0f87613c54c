package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Roles;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;

/**
 * Models without a batch axis, as sound models of TensorFlow Hub are: one that doubles {@code
 * [channel, time]} and back, and one that gives the ids of {@code [row, column, channel]}.
 */
class MissingAxesTest extends CreatedBundles {
  private static final String LATENTS =
      """
      name: single
      version: "1"
      modality: audio
      models:
        - path: features
          batch: 1
          encode:
            signature: encode
            inputs: {signal: {tensor: features, axes: [channel, time]}}
            outputs: {latents: {tensor: latents, axes: [channel, time]}}
          decode:
            signature: decode
            inputs: {latents: {tensor: latents, axes: [channel, time]}}
            outputs: {signal: {tensor: signal, axes: [channel, time]}}
      output: latents
      quantizer:
        {family: vq, codebook: codes.npy, metric: euclidean, normalise: none, dequantise: stored}
      layout: {axes: [time], shape: [-1], radices: [3]}
      licence: Apache-2.0
      source: made by a test
      """;
  private static final String IDS =
      """
      name: single
      version: "1"
      modality: image
      models:
        - path: vector_quantizer.onnx
          batch: 1
          encode:
            inputs: {signal: {tensor: vectors, axes: [row, column, channel]}}
            outputs: {ids: {tensor: ids, axes: [row, column]}}
      output: ids
      layout: {axes: [row, column], shape: [-1, -1], radices: [4]}
      licence: Apache-2.0
      source: made by a test
      """;

  private static final String BINS =
      "{family: uniform_bins, dimensions: 1, levels: 4, low: 0, high: 3, steps: points, rounding: half_even}";

  @BeforeEach
  void write() throws Exception {
    TestSavedModels.features(temporary.resolve("features"), 2);
    copyOnnx("vector_quantizer");
    Npy.write(temporary.resolve("codes.npy"), NpyArray.of(new float[] {0, 1, 2, 1, 2, 3}, 3, 2));
  }

  /** Two samples of three steps; twice a step is (0, 1), (2, 1) or (2, 3). */
  @Test
  void quantizesBehindTheModelAndLeadsBack() throws Exception {
    float[] samples = {0, 1, 1, .5f, .5f, 1.5f, 1, 0, 0, 1.5f, .5f, .5f};
    TokenizerOptions options = TokenizerOptions.threads(1);
    try (Bundle bundle = create(LATENTS)) {
      for (TokenizerOptions each : List.of(options, options.exact())) {
        try (Tokenizer tokenizer = Tokenizers.load(bundle, each);
            NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 2, 2, 3)) {
          signal.write(0, samples, 0, 12);
          Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, signal));
          assertThat(codes.ids()).containsExactly(0, 1, 2, 2, 0, 0);
          assertThat(codes.shape()).containsExactly(3);
          assertThat(codes.errors()).containsExactly(0, 0);
          assertThat(tokenizer.latents(Map.of(Roles.SIGNAL, signal)).values())
              .startsWith(0, 1, 2, 1, 2, 3);
          try (NativeTensor back = tokenizer.decode(codes.ids(), 2, codes.shape())) {
            float[] decoded = new float[12];
            back.read(0, decoded, 0, 12);
            assertThat(back.shape()).containsExactly(2, 2, 3);
            assertThat(decoded).containsExactly(samples);
          }
        }
      }
    }
  }

  @Test
  void takesIdsOfAnOnnxModel() throws Exception {
    try (Bundle bundle = create(IDS);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 2, 1, 2, 2)) {
      signal.write(0, new float[] {0, 0, 1, 0, 0, 1, 1, 1}, 0, 8);
      Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, signal));
      assertThat(codes.ids()).containsExactly(0, 2, 1, 3);
      assertThat(codes.shape()).containsExactly(1, 2);
    }
  }

  /** Twice a pitch, in bins of 1 from 0 on. */
  @Test
  void takesSingleValuesOfEachPosition() throws Exception {
    String pitch =
        LATENTS
            .replace("[channel, time]", "[time]")
            .replaceAll("(?s)quantizer:.*?}", "quantizer: " + BINS)
            .replace("radices: [3]", "radices: [4]")
            .replace("path: features", "path: values");
    TestSavedModels.features(temporary.resolve("values"), 1);
    String batched =
        pitch.replace("axes: [time]}", "axes: [batch, time]}").replace("values", "features");
    for (String yaml : List.of(pitch, batched.replace("single", "batched"))) {
      try (Bundle bundle = create(yaml);
          Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
          NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 2, 3)) {
        signal.write(0, new float[] {0, .5f, 1, 1.1f, 0, 0}, 0, 6);
        Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, signal));
        assertThat(codes.ids()).containsExactly(0, 1, 2, 2, 0, 0);
        try (NativeTensor back = tokenizer.decode(codes.ids(), 2, codes.shape())) {
          assertThat(back.shape()).containsExactly(2, 3);
        }
      }
    }
    assertFails(
        batched.replace(
            "{tensor: latents, axes: [batch, time]}", "{tensor: latents, axes: [batch, tiem]}"),
        "Cannot use latents with the axes [batch, tiem] (name batch, time and channel");
  }

  /** What the manifest says is what it says when it is written and read again. */
  @Test
  void keepsTheAxesAsTheyAreWritten() throws Exception {
    try (Bundle bundle = create(LATENTS)) {
      assertThat(tensor(bundle, "encode/inputs/signal/axes")).isEqualTo("[\"channel\",\"time\"]");
    }
  }

  @Test
  void refusesWhatDoesNotFitBeforeAnythingRuns() {
    assertFails(
        LATENTS.replace("batch: 1", "batch: 0"),
        "models[0].encode.inputs.signal.axes: no batch axis (name all axes; where the model has"
            + " none, write batch: 1)");
    assertFails(
        LATENTS.replace(
            "tensor: features, axes: [channel, time]", "tensor: features, axes: [time]"),
        "Cannot use input features float32[?, ?] of single: the manifest gives it the axes [time]"
            + " (name the axes that it has)");
    assertFails(
        LATENTS.replace("latents: {tensor: latents, axes: [channel, time]}", "latents: latents"),
        "Cannot use the output latents float32[?, ?] of tokenizer single: the manifest gives it"
            + " the axes [batch, time, channel] (name the axes that it has; without batch,"
            + " and with batch: 1 for the model, where it is of one sample; without channel where it"
            + " is one value a position; one vector a sample is");
  }
}
