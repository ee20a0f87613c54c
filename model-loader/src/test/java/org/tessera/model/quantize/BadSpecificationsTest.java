package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorflow.Graph;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;

/** Every wrong specification is refused when the quantizer is made, by name. */
class BadSpecificationsTest {
  private static final Function<String, FloatTensor> TENSORS =
      tensors(
          "four", FloatTensor.of(new float[] {1, 2, 3, 4}, 2, 2),
          "six", FloatTensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3),
          "infinite", FloatTensor.of(new float[] {1, Float.NEGATIVE_INFINITY}, 1, 2),
          "empty", FloatTensor.of(new float[0], 0, 2));

  private static Map<String, Object> vq(String codebook) {
    return Map.of(
        "family",
        "vq",
        "codebook",
        codebook,
        "metric",
        "dot",
        "normalise",
        "none",
        "dequantise",
        "stored");
  }

  static Stream<Arguments> wrong() {
    return Stream.of(
        Arguments.of(
            spec("fsq", "levels", List.of(8, 1), "epsilon", 2),
            "2 problems\n"
                + "  - levels[1]: 1 (give a whole number from 2 to 65536)\n"
                + "  - epsilon: 2.0 (give a number between -1 and 1, above 0 for two levels)"),
        Arguments.of(
            spec("fsq", "levels", List.of(60000, 60000)),
            "levels: their product needs more than 31 bits (use groups)"),
        Arguments.of(spec("fsq", "levels", List.of()), "levels: [] (give at least one value)"),
        Arguments.of(
            spec("lfq", "bits", 40, "bit_order", "small"),
            "2 problems\n"
                + "  - bits: 40 (give a whole number from 1 to 30)\n"
                + "  - bit_order: small (choose one of little, big)"),
        Arguments.of(
            spec("binary", "bits", 64, "bits_per_id", 7), "bits_per_id: 7 (give a divisor of 64)"),
        Arguments.of(
            spec("binary", "bits", 3, "bits_per_id", 1, "embedding", "four"),
            "embedding: tensor four has 2 rows (give one a bit: 3)"),
        Arguments.of(
            spec("residual", "parts", List.of(vq("four"), vq("six"))),
            "parts[1]: takes 3 and gives 3 dimensions; level 0 takes 2 (levels add up, so they"
                + " need equal dimensions)"),
        Arguments.of(
            spec("residual", "parts", List.of(vq("infinite"), Map.of("family", "fqs"))),
            "2 problems\n"
                + "  - parts[0].codebook: tensor infinite holds -Infinity at [0, 1] (export it"
                + " again with finite values)\n"
                + "  - parts[1].family: fqs (did you mean fsq?)"),
        Arguments.of(
            spec("product", "parts", List.of("vq"), "packing", "packed"),
            "parts[0]: vq (give a quantizer: its family and parameters)"),
        Arguments.of(
            spec("parallel", "parts", List.of(vq("empty"))),
            "parts[0].codebook: tensor empty is empty: its shape is [0, 2]"),
        Arguments.of(
            spec("projected", "project_in", "four", "inner", vq("six")),
            "project_in: gives 2 dimensions and the inner quantizer takes 3"),
        Arguments.of(
            spec("argmax", "codes", 3, "codebook", "four"),
            "codebook: tensor four has 2 rows (give one a code: 3)"),
        Arguments.of(
            spec(
                "random_projection",
                "projection",
                "six",
                "codebook",
                "six",
                "metric",
                "euclidean",
                "normalise",
                "none"),
            "projection: tensor six gives 2 dimensions and the codes of six have 3"),
        Arguments.of(
            spec("normal_bins", "dimensions", 2, "levels", 4096, "scale", 1, "range", 5, "std", 3),
            "levels: 4096 (the outer bins lie beyond 3.0 deviations: give fewer)"),
        Arguments.of(
            spec(
                "uniform_bins",
                "dimensions",
                2,
                "levels",
                4,
                "steps",
                "points",
                "rounding",
                "half_up",
                "low",
                List.of(1, 2, 3),
                "high",
                4),
            "low: 3 numbers (give 1 or 2)"),
        Arguments.of(
            spec(
                "uniform_bins",
                "dimensions",
                1,
                "levels",
                4,
                "steps",
                "intervals",
                "low",
                1,
                "high",
                1),
            "low, high: 1.0, 1.0 (high must be above low)"),
        Arguments.of(
            spec("mu_law", "dimensions", 1, "mu", 5, "max", 90, "bin", 7),
            "bin: 7.0 (2·max/bin must be a whole number, the number of codes less 1)"),
        Arguments.of(
            spec(
                "spline_bins",
                "steps",
                8,
                "degrees_of_freedom",
                1,
                "basis",
                4,
                "degree",
                4,
                "ridge",
                0,
                "levels",
                256,
                "low",
                -1,
                "high",
                1),
            "degree: must be below basis, 4"),
        Arguments.of(
            spec(
                "multi_scale",
                "height",
                4,
                "width",
                4,
                "scales",
                List.of(1, 5),
                "codebook",
                "four",
                "metric",
                "dot",
                "normalise",
                "none",
                "dequantise",
                "stored",
                "phi",
                "four",
                "phi_bias",
                "four",
                "phi_ratio",
                0.5,
                "phi_index",
                List.of(0, 0)),
            "3 problems\n"
                + "  - scales[1]: 5 (give a whole number from 1 to 4)\n"
                + "  - phi: tensor four has the shape [2, 2] (give 4 axes)\n"
                + "  - phi_bias: tensor four has the shape [2, 2] (give 1 axes)"));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void refusesByName(QuantizerSpec spec, String message) {
    assertThatThrownBy(() -> Quantizers.of(spec, TENSORS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot use quantizer " + spec.family() + ": " + message);
  }

  @Test
  void refusesLatentsOfAnotherLength() {
    Quantizer quantizer = Quantizers.of(spec("lfq", "bits", 5, "bit_order", "big"), tensors());
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> latents =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 6)));
      assertThatThrownBy(() -> QuantizerGraphs.encode(tf, quantizer, latents))
          .hasMessage(
              "Cannot quantize latents of shape [-1, 6]: the quantizer takes [..., 5] (fix the"
                  + " model's output or the quantizer's tensors)");
    }
  }
}
