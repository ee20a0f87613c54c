package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.model.quantize.Specs.decode;
import static org.tessera.model.quantize.Specs.encode;
import static org.tessera.model.quantize.Specs.errors;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;
import static org.tessera.model.quantize.Specs.with;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;

class ResidualQuantizerTest {
  private static final FloatTensor C0 = FloatTensor.of(new float[] {0, 0, 1, 0, 0, 1}, 3, 2);
  private static final FloatTensor C1 =
      FloatTensor.of(new float[] {0, 0, -.1f, .4f, .2f, .2f}, 3, 2);
  private static final QuantizerSpec RULE =
      spec(
          "residual",
          "codebooks",
          List.of("0.npy", "1.npy"),
          "metric",
          "euclidean",
          "normalise",
          "none",
          "dequantise",
          "stored");

  private static Quantizer residual(QuantizerSpec spec) {
    return Quantizers.of(spec, tensors("0.npy", C0, "1.npy", C1));
  }

  @Test
  void quantizesTheRest() {
    Quantizer quantizer = residual(RULE);
    assertThat(encode(quantizer, .9f, .4f)).containsExactly(1, 1);
    assertThat(decode(quantizer, 1, 1)).containsExactly(.9f, .4f);
    assertThat(quantizer.slotAxis()).isEqualTo("level");
    assertThat(quantizer.radices()).containsExactly(3, 3);
    // After level 0 the rest is (-0.1, 0.4): (0.01 + 0.16) / 2.
    assertThat(errors(quantizer, .9f, .4f))
        .containsExactly(new float[] {0.085f, 0}, Offset.offset(1e-7f));
  }

  @Test
  void cutsLevelsOffOrMarksThem() {
    Quantizer omitted = residual(with(RULE, "levels", 1));
    assertThat(encode(omitted, .9f, .4f)).containsExactly(1);
    Quantizer marked = residual(with(RULE, "levels", 1, "dropped", "mark"));
    assertThat(encode(marked, .9f, .4f, .1f, .8f)).containsExactly(1, -1, 2, -1);
    assertThat(errors(marked, .9f, .4f))
        .containsExactly(new float[] {0.085f, 0.085f}, Offset.offset(1e-7f));
    assertThat(decode(marked, 1, -1, -1, 2)).containsExactly(1, 0, .2f, .2f);
  }

  @Test
  void normalisesOnceBeforeTheFirstLevel() {
    Quantizer once = residual(with(RULE, "normalise_once", true));
    // (9, 4) / 9.849 = (0.9138, 0.4061): level 0 takes (1, 0), the rest is (-0.0862, 0.4061).
    assertThat(encode(once, 9, 4)).containsExactly(1, 1);
    assertThat(errors(once, 9, 4)[0])
        .isCloseTo((0.0862f * 0.0862f + 0.4061f * 0.4061f) / 2, Offset.offset(1e-4f));
  }

  @Test
  void takesAllLevelsFromOneTensor() {
    FloatTensor both =
        FloatTensor.of(new float[] {0, 0, 1, 0, 0, 1, 0, 0, -.1f, .4f, .2f, .2f}, 2, 3, 2);
    Quantizer quantizer =
        Quantizers.of(with(RULE, "codebooks", "rvq.npy"), tensors("rvq.npy", both));
    assertThat(encode(quantizer, .9f, .4f)).containsExactly(1, 1);
  }

  @Test
  void refusesLevelsThatDoNotAddUp() {
    FloatTensor narrow = FloatTensor.of(new float[] {1, 2, 3}, 3, 1);
    assertThatThrownBy(() -> Quantizers.of(RULE, tensors("0.npy", C0, "1.npy", narrow)))
        .hasMessage(
            "Cannot use quantizer residual: codebooks[1]: tensor 1.npy has codes of 1 dimensions"
                + " and level 0 of 2 (levels add up, so they need equal dimensions)");
    assertThatThrownBy(() -> residual(with(RULE, "levels", 3)))
        .hasMessage("Cannot use quantizer residual: levels: 3 (give a whole number from 1 to 2)");
    assertThatThrownBy(() -> decode(residual(RULE), 0, -2))
        .hasMessage("Cannot decode id -2 in slot 1 of vector 0 (ids there go from -1 to 2)");
  }
}
