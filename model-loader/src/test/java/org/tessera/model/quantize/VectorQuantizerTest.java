package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.model.quantize.Specs.decode;
import static org.tessera.model.quantize.Specs.encode;
import static org.tessera.model.quantize.Specs.errors;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;

class VectorQuantizerTest {
  private static final FloatTensor TABLE =
      FloatTensor.of(new float[] {1, 0, 0, 4, 3, 3, -2, 0}, 4, 2);

  private static Quantizer vq(String metric, String normalise, String dequantise) {
    return Quantizers.of(rule(metric, normalise, dequantise), tensors("codes.npy", TABLE));
  }

  private static QuantizerSpec rule(String metric, String normalise, String dequantise) {
    return spec(
        "vq",
        "codebook",
        "codes.npy",
        "metric",
        metric,
        "normalise",
        normalise,
        "dequantise",
        dequantise);
  }

  @Test
  void theFiveRulesGiveFiveIds() {
    // z = (2, 2.5). Distances to the codes: 2.69, 2.5, 1.12, 4.72. Dot products: 2, 10, 13.5, -4.
    assertThat(encode(vq("euclidean", "none", "stored"), 2, 2.5f)).containsExactly(2);
    assertThat(encode(vq("dot", "none", "stored"), 2, 2.5f)).containsExactly(2);
    // z = (0.5, 1): nearest is (1, 0) at 1.118; the largest dot product is (3, 3) with 4.5;
    // the largest cosine is (3, 3) with 0.949; z normalised against stored codes is (1, 0).
    assertThat(encode(vq("euclidean", "none", "stored"), 0.5f, 1)).containsExactly(0);
    assertThat(encode(vq("dot", "none", "stored"), 0.2f, 1)).containsExactly(1);
    assertThat(encode(vq("euclidean", "none", "stored"), 0.2f, 2)).containsExactly(1);
    assertThat(encode(vq("euclidean", "both", "stored"), 0.5f, 1)).containsExactly(2);
    assertThat(encode(vq("cosine", "none", "stored"), 0.5f, 1)).containsExactly(2);
    assertThat(encode(vq("euclidean", "input", "stored"), 5, 10)).containsExactly(0);
  }

  @Test
  void dequantisesStoredOrNormalised() {
    assertThat(decode(vq("cosine", "none", "stored"), 1)).containsExactly(0, 4);
    assertThat(decode(vq("cosine", "none", "normalised"), 1)).containsExactly(0, 1);
    assertThat(decode(vq("euclidean", "both", "normalised"), 3, 0)).containsExactly(-1, 0, 1, 0);
  }

  @Test
  void tiesGoToTheLowestId() {
    Quantizer quantizer =
        Quantizers.of(
            rule("euclidean", "none", "stored"),
            tensors("codes.npy", FloatTensor.of(new float[] {5, 5, 1, 0, -1, 0, 1, 0}, 4, 2)));
    assertThat(encode(quantizer, 0, 3, 1, 0)).containsExactly(1, 1);
  }

  @Test
  void blocksShareOneIndexByWeightedDistance() {
    FloatTensor semantic = FloatTensor.of(new float[] {1, 0, 0, 1, 0.6f, 0.8f}, 3, 2);
    FloatTensor pixel = FloatTensor.of(new float[] {1, 1, -1}, 3, 1);
    QuantizerSpec rule =
        Specs.with(
            rule("euclidean", "both", "normalised"),
            "codebook",
            List.of("s.npy", "p.npy"),
            "weights",
            List.of(1.0, 1.0));
    Quantizer even = Quantizers.of(rule, tensors("s.npy", semantic, "p.npy", pixel));
    // Semantic distances to (0, 1) alone: 2, 0, 0.4; pixel distances to -3 (normalised -1): 4, 4,
    // 0.
    assertThat(encode(even, 0, 2, -3)).containsExactly(2);
    assertThat(even.dimensions()).isEqualTo(3);
    assertThat(decode(even, 2)).containsExactly(new float[] {0.6f, 0.8f, -1}, Offset.offset(1e-6f));
    Quantizer semanticOnly =
        Quantizers.of(
            Specs.with(rule, "weights", List.of(1, 0.05)),
            tensors("s.npy", semantic, "p.npy", pixel));
    assertThat(encode(semanticOnly, 0, 2, -3)).containsExactly(1);
  }

  @Test
  void theErrorIsMeasuredWhereCodesAreCompared() {
    assertThat(errors(vq("euclidean", "none", "stored"), 2, 3)).containsExactly(0.5f);
    assertThat(errors(vq("euclidean", "both", "stored"), 0, 9)).containsExactly(0f);
    assertThat(errors(vq("euclidean", "input", "stored"), 0, -9)[0]).isEqualTo(1f);
  }

  @Test
  void refusesBadCodebooksByName() {
    assertThatThrownBy(
            () ->
                Quantizers.of(
                    rule("euclidean", "none", "stored"),
                    tensors("codes.npy", FloatTensor.of(new float[] {1, 2, Float.NaN, 4}, 2, 2))))
        .hasMessage(
            "Cannot use quantizer vq: codebook: tensor codes.npy holds NaN at [1, 0] (export it"
                + " again with finite values)");
    assertThatThrownBy(
            () -> Quantizers.of(rule("euclidean", "none", "stored"), tensors("other.npy", TABLE)))
        .hasMessage(
            "Cannot use quantizer vq: codebook: no tensor codes.npy (add it to the bundle)");
    assertThatThrownBy(
            () ->
                Quantizers.of(
                    rule("euclidean", "none", "stored"),
                    tensors("codes.npy", FloatTensor.of(new float[8], 2, 2, 2))))
        .hasMessage(
            "Cannot use quantizer vq: codebook: tensor codes.npy has the shape [2, 2, 2] (give 2"
                + " axes)");
  }

  @Test
  void reportsAllProblemsAtOnce() {
    QuantizerSpec bad =
        spec("vq", "codebook", "codes.npy", "metrik", "dot", "normalise", "nome", "dequantise", 3);
    assertThatThrownBy(() -> Quantizers.of(bad, tensors("codes.npy", TABLE)))
        .hasMessage(
            "Cannot use quantizer vq: 4 problems\n"
                + "  - metric: missing (add it)\n"
                + "  - normalise: nome (did you mean none?)\n"
                + "  - dequantise: 3 (give text)\n"
                + "  - metrik: unknown parameter of vq (did you mean metric?)");
    assertThatThrownBy(() -> Quantizers.of(spec("residul"), tensors()))
        .hasMessage("Cannot use quantizer family residul (did you mean residual?)");
  }

  @Test
  void refusesIdsOutsideTheCodebook() {
    assertThatThrownBy(() -> decode(vq("dot", "none", "stored"), 1, 4))
        .hasMessage("Cannot decode id 4 in slot 0 of vector 1 (ids there go from 0 to 3)");
  }
}
