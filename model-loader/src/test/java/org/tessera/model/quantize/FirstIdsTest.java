package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.model.quantize.Specs.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;

/** The quantizer of the first ids gives them as the whole one does, in both forms. */
class FirstIdsTest {
  private static final int D = 6;
  private static final Map<String, FloatTensor> TENSORS =
      Map.of(
          "books", FloatTensor.of(Specs.gaussian(1, 5 * 32 * D), 5, 32, D),
          "book", FloatTensor.of(Specs.gaussian(2, 64 * D), 64, D),
          "in", FloatTensor.of(Specs.gaussian(3, D * 8), D, 8),
          "out", FloatTensor.of(Specs.gaussian(4, 8 * D), 8, D));

  private static Object[] rule(Object... more) {
    Object[] rule = {"metric", "euclidean", "normalise", "none", "dequantise", "stored"};
    Object[] all = Arrays.copyOf(rule, rule.length + more.length);
    System.arraycopy(more, 0, all, rule.length, more.length);
    return all;
  }

  private static Map<String, Object> part(QuantizerSpec spec) {
    TreeMap<String, Object> part = new TreeMap<>(spec.parameters());
    part.put("family", spec.family());
    return part;
  }

  private static final QuantizerSpec RESIDUAL = spec("residual", rule("codebooks", "books"));
  private static final Map<String, QuantizerSpec> SPECS =
      Map.of(
          "residual",
          RESIDUAL,
          "marked",
          Specs.with(RESIDUAL, "levels", 4, "dropped", "mark"),
          "projected",
          spec("projected", "project_in", "in", "project_out", "out", "inner", part(RESIDUAL)),
          "parallel",
          spec(
              "parallel",
              "parts",
              List.of(part(spec("vq", rule("codebook", "book"))), part(RESIDUAL))),
          "multi_scale",
          spec(
              "multi_scale",
              rule("codebook", "book", "height", 4, "width", 4, "scales", List.of(1, 2, 4))),
          "product",
          spec("product", "packing", "unpacked", "parts", List.of(part(RESIDUAL), part(RESIDUAL))),
          "binary",
          spec("binary", "bits", 6, "bits_per_id", 1),
          "channels",
          spec("normal_bins", "dimensions", 6, "levels", 8, "scale", 1, "range", 3, "std", 3));

  private static Quantizer quantizer(String name) {
    Function<String, FloatTensor> tensors = TENSORS::get;
    return Quantizers.of(SPECS.get(name), tensors);
  }

  @ParameterizedTest
  @CsvSource({
    "residual, 1, 1",
    "residual, 3, 3",
    "residual, 5, 5",
    "marked, 2, 2",
    "marked, 5, 5",
    "projected, 2, 2",
    // The first part is one code, the second refines it by levels.
    "parallel, 1, 1",
    "parallel, 4, 4",
    "multi_scale, 1, 1",
    "multi_scale, 5, 2",
    "multi_scale, 21, 3",
  })
  void areThoseOfTheWholeQuantizer(String name, int count, int errors) {
    Quantizer whole = quantizer(name);
    Quantizer first = Quantizers.first(whole, count);
    int vectors = 300 / whole.idsPerVector();
    float[] latents = Specs.gaussian(9, vectors * whole.dimensions());

    int[] ids = Specs.encode(first, latents);

    int[] all = Specs.encode(whole, latents);
    int[] expected = new int[vectors * count];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = all[i / count * whole.idsPerVector() + i % count];
    }
    assertThat(first.idsPerVector()).isEqualTo(count);
    assertThat(first.errorsPerVector()).isEqualTo(errors);
    assertThat(ids).isEqualTo(expected);
    try (GraphRunner graph = new GraphRunner(first)) {
      assertThat(graph.encode(latents, vectors).ids()).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({"product, 10, 3", "binary, 6, 3", "channels, 6, 3"})
  void ofPartsOfAVectorMeanNothingAlone(String name, int all, int count) {
    Quantizer whole = quantizer(name);

    assertThat(Quantizers.first(whole, all)).isSameAs(whole);
    assertThatThrownBy(() -> Quantizers.first(whole, count))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            all
                + " ids of a vector stand for its parts, and the first 3 for nothing (keep all;"
                + " levels of residual and parallel quantizers, scales of multi_scale ones and"
                + " positions can be cut)");
  }

  @Test
  void areWholeScales() {
    assertThatThrownBy(() -> Quantizers.first(quantizer("multi_scale"), 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the first 7 ids are no whole number of scales (keep [1, 5, 21])");
  }
}
