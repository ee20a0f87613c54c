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

/** Ids in a tensor for each rate, as SNAC has them. */
class SideBySideTest extends CreatedBundles {
  private static final String RATES =
      """
      name: rates
      version: "1"
      modality: audio
      models:
        - path: rates
          encode:
            signature: encode
            inputs: {signal: signal}
            outputs: {ids: {tensors: [coarse, fine], each: [1, 2]}}
          decode:
            signature: decode
            inputs: {ids: {tensors: [coarse, fine], each: [1, 2]}}
            outputs: {signal: sound}
      output: ids
      layout: {axes: [time, slot], shape: [-1, 3], radices: [10], slot_axis: slot}
      licence: Apache-2.0
      source: made by a test
      """;

  @BeforeEach
  void write() throws Exception {
    TestSavedModels.rates(temporary.resolve("rates"));
  }

  @Test
  void standBesideEachOtherAndAreSplitAgain() throws Exception {
    try (Bundle bundle = create(RATES);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 2, 4)) {
      signal.write(0, new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 0, 8);
      Codes codes = tokenizer.encode(Map.of(Roles.SIGNAL, signal));
      assertThat(codes.ids()).containsExactly(1, 1, 2, 3, 3, 4, 5, 5, 6, 7, 7, 8);
      assertThat(codes.shape()).containsExactly(2, 3);
      try (NativeTensor sound = tokenizer.decode(codes.ids(), 2, codes.shape())) {
        float[] values = new float[8];
        sound.read(0, values, 0, 8);
        assertThat(values).containsExactly(101, 102, 303, 304, 505, 506, 707, 708);
      }
    }
  }

  @Test
  void mustBeOfEquallyManyPositions() throws Exception {
    try (Bundle bundle = create(RATES);
        Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1));
        NativeTensor signal = tokenizer.allocate(ElementType.FLOAT32, 1, 3)) {
      assertThatThrownBy(() -> tokenizer.encode(Map.of(Roles.SIGNAL, signal)))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              "Cannot use output fine: it is int64[1, 3] beside coarse [1, 2] (whole numbers, of a"
                  + " position [1, 2])");
    }
  }

  @Test
  void areWrittenAsTheyAreRead() throws Exception {
    try (Bundle bundle = create(RATES)) {
      assertThat(tensor(bundle, "encode/outputs/ids"))
          .isEqualTo("{\"tensors\":[\"coarse\",\"fine\"],\"each\":[1,2]}");
    }
  }

  @Test
  void areRefusedWhereTheyCannotBe() {
    assertFails("each: [1, 2]", "each: [1]", "give how many ids of a position each");
    assertFails("shape: [-1, 3]", "shape: [-1, 4]", "a position has 3 ids (let the layout be one");
    assertFails("tensors: [coarse, fine]", "tensors: [coarse]", "several names stand in place of");
    assertFails(
        "signal: signal", "signal: {tensors: [signal, b], each: [1, 1]}", "the model has no b");
    assertFails(
        "signal: sound", "signal: {tensors: [sound, sound], each: [1, 1]}", "several tensors are");
    assertFails("tensors: [coarse, fine]", "tensor: coarse", "each: it is for several tensors");
    assertFails("[coarse, fine]", "[coarse, rough]", "the model has no rough");
  }

  private void assertFails(String part, String with, String message) {
    assertFails(RATES.replace(part, with), message);
  }
}
