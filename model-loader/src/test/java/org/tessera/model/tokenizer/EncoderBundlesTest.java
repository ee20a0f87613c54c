package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.engine.tensorflow.TestSavedModels;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;

/** Encoders that have no quantizer yet. */
class EncoderBundlesTest extends CreatedBundles {
  private static final String ENCODER =
      """
      name: encoder
      version: "1"
      modality: audio
      models:
        - path: lengths
          encode:
            signature: encode
            inputs:
              signal: features
              lengths: {tensor: lengths, extent: 1}
              mask: {tensor: mask, value: 2, extents: [0, 1]}
            outputs: {latents: {tensor: latents, axes: [batch, time, channel]}}
      output: latents
      layout: {axes: [time], shape: [-1]}
      licence: Apache-2.0
      source: made by a test
      """;

  @BeforeEach
  void write() throws Exception {
    TestSavedModels.lengths(temporary.resolve("lengths"));
  }

  @Test
  void giveLatentsAndNoIds() throws Exception {
    try (Bundle bundle = create(ENCODER);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 1, 2, 2)) {
      assertThat(bundle.manifest().isEncoder()).isTrue();
      assertThat(TokenizerManifest.fromJson(bundle.manifest().toJson()))
          .isEqualTo(bundle.manifest());
      assertThat(BundleVerifier.verify(bundle)).isEmpty();
      signal.write(0, new float[] {1, 2, 3, 4}, 0, 4);
      Map<String, NativeTensor> inputs = Map.of(Roles.SIGNAL, signal);
      assertThat(tokenizer.latents(inputs).values()).containsExactly(4, 6, 8, 10);
      assertThat(tokenizer.features(inputs).shape()).containsExactly(2, 2);
      assertThat(tokenizer.decodable()).isFalse();
      tokenizer.warmUp();
      assertThatThrownBy(() -> tokenizer.encode(inputs))
          .hasMessage(
              "Cannot make tokens with encoder 1: it has no quantizer (learn one with tessera fit,"
                  + " whose learn.encoder it can be, or name one in its manifest)");
    }
  }

  @Test
  void haveNothingThatNeedsCodes() {
    assertFails(
        ENCODER.replace("[-1]", "[-1], radices: [8]"),
        "quantizer: missing (the model returns latents, not ids; or leave layout.radices out");
    assertFails(
        ENCODER + "neighbours: {count: 3}\n",
        "neighbours: without a quantizer there are no codes to rank");
    assertFails(
        ENCODER + "prefix: {axis: time, minimum: 1}\n",
        "prefix: without a quantizer there are no ids to keep");
    assertFails(
        ENCODER
            .replace("latents: {tensor", "logits: {tensor")
            .replace("output: latents", "output: logits"),
        "quantizer: missing (the model returns logits, not ids)");
    assertFails(
        ENCODER.replace(
            "layout: {axes: [time], shape: [-1]}",
            "layout: {axes: [time], shape: [-1]}\nquantizer: {family: uniform_bins, dimensions: 2, levels: 16, low: -50, high: 50, steps: intervals}"),
        "layout.radices: missing (give the number of codes of each slot)");
    assertFails(
        ENCODER.replace("[batch, time, channel]", "[batch, channel]"),
        "Cannot use latents with the axes [batch, channel] (name batch, time and channel");
  }

  /** Without a model there is nothing to learn from; that is one problem. */
  @Test
  void haveAModel() {
    String json =
        """
        {"format": 1, "name": "none", "version": "1", "modality": "audio", "models": [],
         "output": "latents", "front_end": [], "files": {},
         "layout": {"axes": ["time"], "shape": [-1], "radices": [8]}}
        """;
    assertThatThrownBy(() -> TokenizerManifest.fromJson(json))
        .isInstanceOfSatisfying(
            BundleException.class,
            e ->
                assertThat(e.problems())
                    .containsExactly("quantizer: missing (the model returns latents, not ids)"));
  }

  /** Also where a position has the name of the vector's axis, as channels of a recording have. */
  @Test
  void haveThePositionsThatTheLayoutSays() throws Exception {
    String channels =
        ENCODER.replace(", axes: [batch, time, channel]", "").replace("[time]", "[channel]");
    try (Bundle bundle = create(channels.replace("[-1]", "[2]"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor two = tokenizer.allocate(ElementType.FLOAT32, 1, 2, 2);
        NativeTensor three = tokenizer.allocate(ElementType.FLOAT32, 1, 3, 2)) {
      assertThat(tokenizer.latents(Map.of(Roles.SIGNAL, two)).shape()).containsExactly(2, 2);
      assertThatThrownBy(() -> tokenizer.latents(Map.of(Roles.SIGNAL, three)))
          .hasMessage(
              "Cannot use the latents of encoder encoder: they have the shape [3, 2], the layout"
                  + " says [channel][2] and behind that the vector (write the positions that there"
                  + " are)");
    }
    assertFails(
        channels
            .replace("latents: {tensor: latents}", "latents: {tensor: latents, shape: [3, 2]}")
            .replace("[-1]", "[2]"),
        "it has 3 positions along channel, and the layout says 2 (write the model's");
    assertFails(
        ENCODER.replace("axes: [time]", "axes: [channel]"),
        "the layout, too, has an axis channel, which here is the vector's");
  }

  /** With a quantizer, too, the vector is the last axis. */
  @Test
  void mayCallAPositionChannel() throws Exception {
    String tokenizer =
        ENCODER
            .replace(", axes: [batch, time, channel]", ", shape: [3, 2]")
            .replace(
                "layout: {axes: [time], shape: [-1]}",
                "quantizer: {family: vq, codebook: codes.npy, metric: euclidean, normalise: none,"
                    + " dequantise: stored}\nlayout: {axes: [channel], shape: [3], radices: [3]}");
    Npy.write(temporary.resolve("codes.npy"), NpyArray.of(new float[] {0, 0, 5, 5, 9, 9}, 3, 2));
    try (Bundle bundle = create(tokenizer);
        Tokenizer loaded = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = loaded.allocate(ElementType.FLOAT32, 1, 3, 2)) {
      signal.write(0, new float[] {-1, -2, 1, 1, 3, 3}, 0, 6);
      assertThat(loaded.encode(Map.of(Roles.SIGNAL, signal)).ids()).containsExactly(0, 1, 2);
    }
  }
}
