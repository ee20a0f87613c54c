package org.tessera.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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

/** Lengths and masks beside the signal, as speech encoders want them. */
class SignalExtentsTest extends CreatedBundles {
  private static final String SPEECH =
      """
      name: speech
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
            outputs: {latents: latents}
      output: latents
      quantizer:
        {family: vq, codebook: codes.npy, metric: euclidean, normalise: none, dequantise: stored}
      layout: {axes: [time], shape: [-1], radices: [2]}
      licence: Apache-2.0
      source: made by a test
      """;

  private static final String CHAIN =
      SPEECH
          .replace("{latents: latents}", "{hidden: latents}")
          .replace(
              "output: latents\n",
              """
                  - path: lengths
                    encode:
                      signature: encode
                      inputs:
                        hidden: features
                        lengths: {tensor: lengths, extent: 1, of: hidden}
                        weights: mask
                      outputs: {latents: latents}
                output: latents
                """);

  @BeforeEach
  void write() throws Exception {
    TestSavedModels.lengths(temporary.resolve("lengths"));
    Npy.write(temporary.resolve("codes.npy"), NpyArray.of(new float[] {0, 0, 5, 5}, 2, 2));
  }

  /** Twice the features plus the number of steps, two samples of three steps and one of one. */
  @Test
  void followTheSignal() throws Exception {
    try (Bundle bundle = create(SPEECH);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor two = tokenizer.allocate(ElementType.FLOAT32, 2, 3, 2);
        NativeTensor one = tokenizer.allocate(ElementType.FLOAT32, 1, 1, 2)) {
      two.write(0, new float[] {1, 2, 0, 0, 0, 0, 0, 0, 0, 0, -3, -2}, 0, 12);
      one.write(0, new float[] {1, 2}, 0, 2);
      assertThat(tokenizer.latents(Map.of(Roles.SIGNAL, two)).values())
          .containsExactly(5, 7, 3, 3, 3, 3, 3, 3, 3, 3, -3, -1);
      assertThat(tokenizer.latents(Map.of(Roles.SIGNAL, one)).values()).containsExactly(3, 5);
      assertThat(tokenizer.encode(Map.of(Roles.SIGNAL, two)).ids())
          .containsExactly(1, 1, 1, 1, 1, 0);
    }
  }

  @Test
  void areWrittenAsTheyAreRead() throws Exception {
    try (Bundle bundle = create(SPEECH)) {
      assertThat(tensor(bundle, "encode/inputs/lengths"))
          .isEqualTo("{\"tensor\":\"lengths\",\"extent\":1}");
      assertThat(tensor(bundle, "encode/inputs/mask"))
          .isEqualTo("{\"tensor\":\"mask\",\"value\":2,\"extents\":[0,1]}");
    }
  }

  @Test
  void thatCannotBeAreRefused() throws Exception {
    assertFails("extent: 1", "extent: 1, value: 3", "the extent is the value");
    assertFails("extent: 1", "extent: -1", "an axis of an input cannot be below 0");
    assertFails("value: 2, extents", "extents", "extents: nothing fills them");
    assertFails("value: 2, extents: [0, 1]", "value: 2, of: signal", "of: it is for extent");
    assertFails("extent: 1", "extent: 1, of: sound", "no input sound that is fed has extents");
    assertFails("extent: 1", "extent: 1, of: mask", "no input mask that is fed has extents");
    assertFails("value: 2, extents", "value: [2], extents", "a list cannot fill extents");
    assertFails(
        "extents: [0, 1]",
        "extents: [1]",
        "Cannot use the extents [1] of input mask float32[?, ?] (name an axis of the signal for"
            + " each of its own)");
    assertFails(
        "value: 2, extents: [0, 1]",
        "extent: 1",
        "Cannot use the extent of input mask float32[?, ?] (at most one of its axes, the batch's,"
            + " may be open)");
    try (Bundle bundle = create(SPEECH.replace("extent: 1", "extent: 3"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor one = tokenizer.allocate(ElementType.FLOAT32, 1, 1, 2)) {
      assertThatThrownBy(() -> tokenizer.encode(Map.of(Roles.SIGNAL, one)))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              "Cannot feed input lengths: it asks for the extent of axis 3 of a signal of [1, 1, 2]"
                  + " (0 is the batch's axis)");
    }
  }

  private void assertFails(String part, String with, String message) {
    assertFails(SPEECH.replace(part, with), message);
  }

  /** The mask is an input, and the length is the mask's. */
  @Test
  void canBeThoseOfAnotherInput() throws Exception {
    String beside =
        SPEECH
            .replace("{tensor: mask, value: 2, extents: [0, 1]}", "mask")
            .replace("extent: 1", "extent: 1, of: mask");
    try (Bundle bundle = create(beside);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 1, 3, 2);
        NativeTensor mask = tokenizer.allocate("mask", ElementType.FLOAT32, 1, 3)) {
      assertThat(bundle.manifest().frontEndRoles()).containsExactly("mask", "signal");
      assertThat(tensor(bundle, "encode/inputs/lengths"))
          .isEqualTo("{\"tensor\":\"lengths\",\"of\":\"mask\",\"extent\":1}");
      signal.write(0, new float[] {1, 2, 3, 4, 5, 6}, 0, 6);
      mask.write(0, new float[] {1, 0, 2}, 0, 3);
      assertThat(tokenizer.latents(Map.of(Roles.SIGNAL, signal, "mask", mask)).values())
          .containsExactly(4, 5, 3, 3, 13, 15);
    }
  }

  /** A second model weighs what the first one gives by an input of its own, or by the signal. */
  @Test
  void reachTheSecondModelToo() throws Exception {
    try (Bundle bundle = create(CHAIN);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 2, 1, 2);
        NativeTensor weights = tokenizer.allocate("weights", ElementType.FLOAT32, 2, 1)) {
      assertThat(bundle.manifest().frontEndRoles()).containsExactly("signal", "weights");
      signal.write(0, new float[] {1, 2, 3, 4}, 0, 4);
      weights.write(0, new float[] {-1, 10}, 0, 2);
      Map<String, NativeTensor> inputs = Map.of(Roles.SIGNAL, signal, "weights", weights);
      assertThat(tokenizer.latents(inputs).values()).containsExactly(-2, -4, 71, 91);
      assertThat(tokenizer.encode(inputs).ids()).containsExactly(0, 1);
      assertThatThrownBy(() -> tokenizer.encode(Map.of(Roles.SIGNAL, signal, "weighs", weights)))
          .hasMessageContaining("Cannot feed weighs to model-1");
    }
    try (Bundle bundle =
            create(
                CHAIN
                    .replace("hidden: features", "hidden: {tensor: features, shape: [1, 2]}")
                    .replace("weights: mask", "signal: {tensor: mask, shape: [-1], scale: 2}"));
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1))) {
      assertThat(bundle.manifest().frontEndRoles()).containsExactly("signal");
    }
  }

  /** The signal may be for the second model alone. */
  @Test
  void letTheFirstModelTakeAnotherInput() throws Exception {
    String chain =
        CHAIN
            .replace("signal: features", "sound: features")
            .replace("weights: mask", "signal: mask")
            .replace("extent: 1}", "extent: 1, of: sound}")
            .replace("extents: [0, 1]}", "extents: [0, 1], of: sound}");
    try (Bundle bundle = create(chain);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor sound = tokenizer.allocate("sound", ElementType.FLOAT32, 1, 2, 2);
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 1, 2)) {
      assertThat(bundle.manifest().frontEndRoles()).containsExactly("signal", "sound");
      sound.write(0, new float[] {1, 2, 3, 4}, 0, 4);
      signal.write(0, new float[] {10, -1}, 0, 2);
      assertThat(tokenizer.latents(Map.of("sound", sound, Roles.SIGNAL, signal)).values())
          .containsExactly(42, 62, -6, -8);
    }
    assertFails(
        chain.replace("signal: mask", "weights: mask"),
        "models[0].encode.inputs: no tensor with the role signal");
  }
}
