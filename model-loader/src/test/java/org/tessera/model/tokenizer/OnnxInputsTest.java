package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.Roles;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;

/**
 * Inputs beside the signal as published ONNX models have them: a state whose second axis is the
 * batch, a rate that is a scalar, extents of 1; and a reshape between two models.
 */
class OnnxInputsTest extends CreatedBundles {
  private static final String RECURRENT =
      """
      name: recurrent
      version: "1"
      modality: audio
      models:
        - path: recurrent.onnx
          encode:
            inputs:
              signal: input
              state: {tensor: state, value: 0.25}
              rate: {tensor: rate, value: 2}
              offset: {tensor: offset, value: [0, 1]}
            outputs: {latents: {tensor: next, axes: [position, batch, channel]}}
      output: latents
      quantizer:
        {family: vq, codebook: codes.npy, metric: euclidean, normalise: none, dequantise: stored}
      layout: {axes: [position], shape: [2], radices: [3]}
      licence: Apache-2.0
      source: made by a test
      """;
  private static final String CHAIN =
      """
      name: chain
      version: "1"
      modality: image
      models:
        - path: features.onnx
          encode:
            inputs: {signal: "serving_default_features:0"}
            outputs: {features: "PartitionedCall:0"}
        - path: vector_quantizer.onnx
          encode:
            inputs: {features: {tensor: vectors, shape: [-1, 2]}}
            outputs: {ids: ids}
      output: ids
      layout: {axes: [position], shape: [-1], radices: [4]}
      licence: Apache-2.0
      source: made by a test
      """;

  @BeforeEach
  void write() throws IOException {
    for (String name : new String[] {"recurrent", "features", "vector_quantizer"}) {
      copyOnnx(name);
    }
    Npy.write(temporary.resolve("codes.npy"), NpyArray.of(new float[] {0, 1, 2, 1, 2, 3}, 3, 2));
  }

  /** A sample's layers are both 0.25 + 2 x + (0, 1). */
  @Test
  void aNumberFillsTheStateOfEachSample() throws Exception {
    try (Bundle bundle = create(RECURRENT);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor one = tokenizer.allocate(ElementType.FLOAT32, 1, 2);
        NativeTensor three = tokenizer.allocate(ElementType.FLOAT32, 3, 2)) {
      one.write(0, new float[] {1, 0}, 0, 2);
      assertThat(tokenizer.encode(Map.of(Roles.SIGNAL, one)).ids()).containsExactly(1, 1);
      assertThat(tokenizer.latents(Map.of(Roles.SIGNAL, one)).values())
          .containsExactly(2.25f, 1.25f, 2.25f, 1.25f);
      three.write(0, new float[] {0, 0, 1, 1, 1, 0}, 0, 6);
      Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, three));
      assertThat(codes.ids()).containsExactly(0, 0, 2, 2, 1, 1);
    }
  }

  @Test
  void refusesAValueThatDoesNotFitBeforeAnythingRuns() {
    assertThatThrownBy(() -> create(RECURRENT.replace("value: 0.25", "value: [0, 0, 0, 0]")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining(
            "Cannot use the value of input state: 4 numbers for float32[2, ?, 2] (give one number,"
                + " which fills extents of which at most one, the batch's, is open, or as many as"
                + " the extents hold)");
    assertThatThrownBy(() -> create(RECURRENT.replace("value: [0, 1]", "value: [0, 1, 2]")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("Cannot use the value of input offset: 3 numbers for float32[1, 2]");
  }

  /** Channels first, doubled; then read as pairs. */
  @Test
  void reshapesWhatOneModelGivesAnother() throws Exception {
    Codes codes = codesOfChain(CHAIN);
    assertThat(codes.ids()).containsExactly(0, 2, 1, 3);
    assertThat(codes.shape()).containsExactly(2);
  }

  private Codes codesOfChain(String yaml) throws Exception {
    try (Bundle bundle = create(yaml);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor features = tokenizer.allocate(ElementType.FLOAT32, 2, 4, 1, 1)) {
      features.write(0, new float[] {0, 0, .5f, 0, 0, .5f, .5f, .5f}, 0, 8);
      return tokenizer.encode(Map.of(Roles.SIGNAL, features));
    }
  }

  /** What one model gives another is taken from 1. */
  @Test
  void scalesWhatOneModelGivesAnother() throws Exception {
    String scaled = CHAIN.replace("shape: [-1, 2]", "shape: [-1, 2], shift: 1, scale: -1");
    assertThat(codesOfChain(scaled).ids()).containsExactly(3, 1, 2, 0);
  }

  @Test
  void scalesTheSignalAndLeavesTheCallersAsItIs() throws Exception {
    String signal =
        CHAIN.replace(
            "signal: \"serving_default_features:0\"",
            "signal: {tensor: \"serving_default_features:0\", scale: 2}");
    try (Bundle bundle = create(signal);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor features = tokenizer.allocate(ElementType.FLOAT32, 1, 4, 1, 1);
        NativeTensor bytes = tokenizer.allocate(ElementType.UINT8, 1, 4, 1, 1)) {
      features.write(0, new float[] {.25f, 0, 0, .25f}, 0, 4);
      assertThat(tokenizer.encode(Map.of(Roles.SIGNAL, features)).ids()).containsExactly(2, 1);
      float[] values = new float[4];
      features.read(0, values, 0, 4);
      assertThat(values).containsExactly(.25f, 0, 0, .25f);
      assertThatThrownBy(() -> tokenizer.encode(Map.of(Roles.SIGNAL, bytes)))
          .hasMessage(
              "Cannot scale input serving_default_features:0 of model-1.onnx: what is fed is uint8"
                  + " (make it float32)");
    }
  }

  /** What one model gives another is reshaped where it goes in. */
  @Test
  void refusesToReshapeWhereNothingIsQuantized() {
    assertFails(
        CHAIN
            .replace(
                "features: \"PartitionedCall:0\"",
                "latents: {tensor: \"PartitionedCall:0\", trim_front: 1}")
            .replace("{features: {tensor", "{latents: {tensor"),
        "models[0].encode.outputs.latents: shape, trim_front and trim_back are for inputs, and for"
            + " latents and logits of the last encode (leave them out)");
  }

  @Test
  void refusesToScaleWhatIsNoMeasurement() {
    assertThatThrownBy(() -> create(CHAIN.replace("shape: [-1, 2]", "scale: 0")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("models[1].encode.inputs.features.scale: it is 0");
    assertThatThrownBy(() -> create(CHAIN.replace("shape: [-1, 2]", "scale: big")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("give a number, not \"big\"");
    assertThatThrownBy(() -> create(CHAIN.replace("{ids: ids}", "{ids: {tensor: ids, shift: 1}}")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("value, shift and scale are for inputs (leave them out)");
    assertThatThrownBy(() -> create(RECURRENT.replace("value: 0.25", "value: 0.25, scale: 2")))
        .isInstanceOf(BundleException.class)
        .hasMessageContaining("a value is fed as it is (leave shift and scale out)");
  }
}
