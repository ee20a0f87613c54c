package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;
import static org.tessera.model.quantize.Specs.with;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;

/** The graph form gives the reference's ids, errors and vectors, whatever the batch. */
class GraphMatchesReferenceTest {
  private static final QuantizerSpec VQ =
      spec(
          "vq",
          "codebook",
          "codes.npy",
          "metric",
          "euclidean",
          "normalise",
          "none",
          "dequantise",
          "stored");

  private static float[] gaussian(long seed, int count) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @ParameterizedTest
  @CsvSource({
    "euclidean,none,stored,1000,8",
    "euclidean,both,normalised,4096,12",
    "euclidean,input,stored,8192,64",
    "cosine,none,stored,8193,16",
    "dot,none,stored,20000,24",
    "euclidean,none,stored,3,1",
    "euclidean,both,normalised,262144,8",
  })
  void vectorQuantizer(String metric, String normalise, String dequantise, int codes, int d) {
    QuantizerSpec spec =
        with(VQ, "metric", metric, "normalise", normalise, "dequantise", dequantise);
    Quantizer quantizer =
        Quantizers.of(spec, tensors("codes.npy", FloatTensor.of(gaussian(1, codes * d), codes, d)));
    check(quantizer, gaussian(2, 700 * d), 700);
  }

  @Test
  void residual() {
    float[] tables = gaussian(3, 6 * 512 * 16);
    for (int level = 0, i = 0; level < 6; level++) {
      for (int j = 0; j < 512 * 16; j++, i++) {
        tables[i] *= (float) Math.pow(0.6, level);
      }
    }
    QuantizerSpec spec = with(VQ, "codebooks", "rvq.npy");
    java.util.TreeMap<String, Object> parameters = new java.util.TreeMap<>(spec.parameters());
    parameters.remove("codebook");
    QuantizerSpec residual = new QuantizerSpec("residual", parameters);
    for (QuantizerSpec variant :
        List.of(
            residual,
            with(residual, "levels", 4, "dropped", "mark"),
            with(residual, "normalise_once", true),
            with(residual, "metric", "cosine"))) {
      Quantizer quantizer =
          Quantizers.of(variant, tensors("rvq.npy", FloatTensor.of(tables, 6, 512, 16)));
      check(quantizer, gaussian(4, 600 * 16), 600);
    }
  }

  /**
   * Ids equal, errors and vectors close; the same ids one by one and in one batch. Random doubles
   * do not come near a tie within these sizes, so no id may differ.
   */
  private static void check(Quantizer quantizer, float[] vectors, int count) {
    int slots = quantizer.idsPerVector();
    int[] ids = new int[count * slots];
    float[] errors = new float[count * quantizer.errorsPerVector()];
    quantizer.encode(vectors, count, ids, errors);
    float[] decoded = new float[count * quantizer.dimensions()];
    quantizer.decode(ids, count, decoded);
    try (GraphRunner graph = new GraphRunner(quantizer)) {
      GraphRunner.Codes codes = graph.encode(vectors, count);
      assertThat(codes.idShape().asArray()).containsExactly(count, slots);
      assertThat(codes.errorShape().asArray()).containsExactly(count, quantizer.errorsPerVector());
      assertThat(codes.ids()).isEqualTo(ids);
      assertThat(codes.errors()).containsExactly(errors, Offset.offset(1e-5f));
      assertThat(graph.decode(ids, count)).isEqualTo(decoded);
      int d = quantizer.dimensions();
      for (int batch : new int[] {1, 2, 7, 255, 257}) {
        GraphRunner.Codes part = graph.encode(Arrays.copyOf(vectors, batch * d), batch);
        assertThat(part.ids()).isEqualTo(Arrays.copyOf(ids, batch * slots));
        assertThat(part.errors())
            .isEqualTo(Arrays.copyOf(codes.errors(), batch * quantizer.errorsPerVector()));
      }
    }
  }
}
