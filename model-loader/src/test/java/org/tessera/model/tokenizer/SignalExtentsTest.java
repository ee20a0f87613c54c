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
    assertFails("extent: 1", "extent: -1", "an axis of the signal cannot be below 0");
    assertFails("value: 2, extents", "extents", "extents: nothing fills them");
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
}
