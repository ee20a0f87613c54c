package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;
import static org.tessera.model.quantize.Specs.with;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;

/** The graph form gives the reference's ids, errors and vectors, whatever the batch. */
class GraphMatchesReferenceTest {
  private static final Object[] PLAIN = {
    "metric", "euclidean", "normalise", "none", "dequantise", "stored"
  };

  static Stream<Arguments> quantizers() {
    return Stream.of(vectorQuantizers(), levels(), nested(), signs(), scalars(), maps(), others())
        .flatMap(s -> s);
  }

  private static Stream<Arguments> vectorQuantizers() {
    QuantizerSpec vq = with(spec("vq", "codebook", "c"), PLAIN);
    return Stream.of(
        arguments(vq, tensors("c", table(1, 1000, 8)), 1),
        arguments(vq, tensors("c", table(1, 3, 1)), 1),
        arguments(
            with(vq, "normalise", "both", "dequantise", "normalised"),
            tensors("c", table(1, 4096, 12)),
            1),
        arguments(with(vq, "normalise", "input"), tensors("c", table(1, 8192, 64)), 1),
        arguments(with(vq, "metric", "cosine"), tensors("c", table(1, 8193, 16)), 1),
        arguments(with(vq, "metric", "dot"), tensors("c", table(1, 20000, 24)), 1),
        arguments(vq, tensors("c", table(1, 262144, 16)), 1),
        arguments(
            with(vq, "normalise", "both", "dequantise", "normalised"),
            tensors("c", table(1, 262144, 8)),
            1),
        arguments(
            with(
                vq, "codebook", List.of("s", "p"), "weights", List.of(1, 0.5), "normalise", "both"),
            tensors("s", table(1, 32768, 32), "p", table(2, 32768, 8)),
            1));
  }

  private static Stream<Arguments> levels() {
    FloatTensor tables = table(3, 6 * 512, 16);
    for (int i = 0; i < tables.values().length; i++) {
      tables.values()[i] *= (float) Math.pow(0.6, i / (512 * 16));
    }
    QuantizerSpec residual = with(spec("residual", "codebooks", "c"), PLAIN);
    Function<String, FloatTensor> all = tensors("c", FloatTensor.of(tables.values(), 6, 512, 16));
    return Stream.of(
        arguments(residual, all, 1),
        arguments(with(residual, "levels", 4, "dropped", "mark"), all, 1),
        arguments(with(residual, "normalise_once", true), all, 1),
        arguments(with(residual, "metric", "cosine"), all, 1));
  }

  private static Stream<Arguments> nested() {
    Map<String, Object> small = map("vq", "codebook", "small");
    Map<String, Object> fsq = Map.of("family", "fsq", "levels", List.of(5, 5, 5, 5));
    Map<String, Object> level =
        Map.of(
            "family",
            "projected",
            "project_in",
            "in",
            "project_out",
            "out",
            "project_out_bias",
            List.of(.1, .2, .3, .4),
            "inner",
            small);
    Map<String, Object> stream = map("residual", "codebooks", List.of("wide", "wide"));
    Function<String, FloatTensor> all =
        tensors(
            "small",
            table(5, 64, 2),
            "wide",
            table(6, 256, 4),
            "in",
            table(7, 2, 4),
            "out",
            table(8, 4, 2));
    return Stream.of(
        arguments(spec("residual", "parts", List.of(level, level, level)), all, 1),
        arguments(spec("parallel", "parts", List.of(level, stream)), all, 1),
        arguments(
            spec("product", "parts", List.of(small, fsq, stream), "packing", "unpacked"), all, 1),
        arguments(spec("product", "parts", List.of(small, fsq), "packing", "packed"), all, 1),
        arguments(
            with(
                spec("product", "codebooks", List.of("small", "wide"), "packing", "unpacked"),
                PLAIN),
            all,
            1));
  }

  private static Map<String, Object> map(String family, String name, Object value) {
    return Map.of(
        "family",
        family,
        name,
        value,
        "metric",
        "euclidean",
        "normalise",
        "none",
        "dequantise",
        "stored");
  }

  private static Stream<Arguments> signs() {
    return Stream.of(
        arguments(spec("lfq", "bits", 13, "bit_order", "big"), tensors(), 1),
        arguments(
            spec("lfq", "bits", 8, "groups", 4, "bit_order", "little", "scale", 0.5), tensors(), 1),
        arguments(spec("bsq", "bits", 14, "bit_order", "big"), tensors(), 1),
        arguments(spec("binary", "bits", 64, "bits_per_id", 16), tensors(), 1),
        arguments(
            spec("binary", "bits", 64, "bits_per_id", 1, "embedding", "e"),
            tensors("e", table(9, 64, 24)),
            1));
  }

  private static Stream<Arguments> scalars() {
    return Stream.of(
        arguments(spec("fsq", "levels", List.of(8, 8, 8, 5, 5, 5)), tensors(), 1),
        arguments(spec("fsq", "levels", List.of(4, 4, 4, 4, 4, 4), "groups", 8), tensors(), 1),
        arguments(
            spec("fsq", "levels", List.of(2, 4, 8, 5), "epsilon", -1e-3, "shift", "tan"),
            tensors(),
            1),
        arguments(
            spec(
                "normal_bins",
                "dimensions",
                16,
                "levels",
                64,
                "scale",
                0.2325,
                "range",
                5,
                "std",
                3,
                "order",
                List.of(3, 1, 2, 0, 4, 5, 6, 7, 15, 14, 13, 12, 11, 10, 9, 8)),
            tensors(),
            5),
        arguments(
            spec(
                "uniform_bins",
                "dimensions",
                16,
                "levels",
                256,
                "steps",
                "points",
                "rounding",
                "half_even",
                "divisor",
                6,
                "shift",
                0.5),
            tensors(),
            2),
        arguments(
            spec(
                "uniform_bins",
                "dimensions",
                2,
                "levels",
                100,
                "steps",
                "intervals",
                "low",
                "low",
                "high",
                3),
            tensors("low", FloatTensor.of(new float[] {-3, -2}, 2)),
            2),
        arguments(
            spec("mu_law", "dimensions", 2, "mu", 11.4887, "max", 90, "bin", 9), tensors(), 40),
        arguments(
            spec(
                "spline_bins",
                "steps",
                50,
                "degrees_of_freedom",
                3,
                "basis",
                10,
                "degree",
                List.of(4, 4, 0),
                "ridge",
                1e-9,
                "levels",
                256,
                "low",
                -2,
                "high",
                2),
            tensors(),
            1));
  }

  private static Stream<Arguments> maps() {
    QuantizerSpec scales =
        with(
            spec(
                "multi_scale",
                "height",
                8,
                "width",
                6,
                "scales",
                List.of(1, 2, 3, List.of(5, 4), List.of(8, 6)),
                "codebook",
                "c"),
            PLAIN);
    Function<String, FloatTensor> all =
        tensors(
            "c",
            table(21, 512, 4),
            "w",
            FloatTensor.of(Specs.gaussian(22, 4 * 4 * 9), 4, 4, 3, 3),
            "b",
            FloatTensor.of(Specs.gaussian(23, 4), 4));
    return Stream.of(
        arguments(scales, all, 1),
        arguments(with(scales, "levels", 3, "metric", "cosine"), all, 1),
        arguments(
            with(
                scales,
                "phi",
                List.of("w", "w"),
                "phi_bias",
                List.of("b", "b"),
                "phi_ratio",
                0.1,
                "phi_index",
                List.of(0, 0, 1, 1, 1)),
            all,
            1));
  }

  private static Stream<Arguments> others() {
    return Stream.of(
        arguments(
            spec("argmax", "codes", 8192, "codebook", "c"), tensors("c", table(4, 8192, 3)), 1),
        arguments(
            spec(
                "random_projection",
                "seed",
                11,
                "dimensions",
                80,
                "projected",
                16,
                "codes",
                1024,
                "metric",
                "euclidean",
                "normalise",
                "both"),
            tensors(),
            1));
  }

  private static Arguments arguments(
      QuantizerSpec spec, Function<String, FloatTensor> tensors, float spread) {
    return Arguments.of(spec.family() + " " + spec.parameters(), spec, tensors, spread);
  }

  private static FloatTensor table(long seed, int rows, int columns) {
    return FloatTensor.of(Specs.gaussian(seed, rows * columns), rows, columns);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("quantizers")
  void graphIsReference(
      String name, QuantizerSpec spec, Function<String, FloatTensor> tensors, float spread) {
    Quantizer quantizer = Quantizers.of(spec, tensors);
    int count = 700;
    float[] vectors = Specs.gaussian(2, count * quantizer.dimensions());
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] *= spread;
    }
    int[] ids = new int[count * quantizer.idsPerVector()];
    float[] errors = new float[count * quantizer.errorsPerVector()];
    quantizer.encode(vectors, count, ids, errors);
    try (GraphRunner graph = new GraphRunner(quantizer)) {
      GraphRunner.Codes codes = graph.encode(vectors, count);
      assertThat(codes.idShape().asArray()).containsExactly(count, quantizer.idsPerVector());
      assertThat(codes.errorShape().asArray()).containsExactly(count, quantizer.errorsPerVector());
      int nearTies = compare(quantizer, ids, errors, codes);
      assertThat(nearTies).as("vectors with a near tie").isLessThanOrEqualTo(1);
      decodesAlike(quantizer, graph, ids, count);
      batchesAgree(quantizer, graph, vectors, codes);
    }
  }

  /**
   * The number of vectors with another id; each must be a near tie: the first error that differs
   * does so by less than 1e-5 of its size, since both ids were as good.
   */
  private static int compare(
      Quantizer quantizer, int[] ids, float[] errors, GraphRunner.Codes codes) {
    int slots = quantizer.idsPerVector();
    int perVector = quantizer.errorsPerVector();
    int nearTies = 0;
    for (int i = 0; i * slots < ids.length; i++) {
      boolean same =
          Arrays.equals(ids, i * slots, (i + 1) * slots, codes.ids(), i * slots, (i + 1) * slots);
      if (!same) {
        nearTies++;
        assertThat(perVector).isPositive();
      }
      for (int j = i * perVector; j < (i + 1) * perVector; j++) {
        float scale = Math.max(1, Math.abs(errors[j]));
        assertThat(codes.errors()[j]).isCloseTo(errors[j], Offset.offset(1e-5f * scale));
      }
    }
    return nearTies;
  }

  private static void decodesAlike(Quantizer quantizer, GraphRunner graph, int[] ids, int count) {
    if (quantizer.decodable()) {
      float[] decoded = new float[count * quantizer.decodedDimensions()];
      quantizer.decode(ids, count, decoded);
      assertThat(graph.decode(ids, count)).containsExactly(decoded, Offset.offset(1e-4f));
    }
  }

  private static void batchesAgree(
      Quantizer quantizer, GraphRunner graph, float[] vectors, GraphRunner.Codes whole) {
    for (int batch : new int[] {1, 2, 7, 64, 257}) {
      float[] few = Arrays.copyOf(vectors, batch * quantizer.dimensions());
      GraphRunner.Codes part = graph.encode(few, batch);
      assertThat(part.ids())
          .isEqualTo(Arrays.copyOf(whole.ids(), batch * quantizer.idsPerVector()));
      assertThat(part.errors())
          .isEqualTo(Arrays.copyOf(whole.errors(), batch * quantizer.errorsPerVector()));
    }
  }
}
