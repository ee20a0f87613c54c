package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.with;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.npy.FloatTensor;
import org.tessera.model.npy.NpyArray;
import org.tessera.model.npy.Npz;
import org.tessera.model.quantize.kernel.Resampling;

/**
 * Both forms against vector-quantize-pytorch, PyTorch and SciPy; the recipe is beside the files.
 * Ids are equal without exception.
 */
class WitnessTest {
  private static final Object[] PLAIN = {
    "metric", "euclidean", "normalise", "none", "dequantise", "stored"
  };

  @TempDir Path directory;

  private SortedMap<String, NpyArray> load(String name) {
    try (InputStream in = WitnessTest.class.getResourceAsStream("witness/" + name + ".npz")) {
      Path copy = directory.resolve(name + ".npz");
      Files.write(copy, in.readAllBytes());
      return Npz.read(copy);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void check(String name, QuantizerSpec spec) {
    SortedMap<String, NpyArray> witness = load(name);
    Quantizer quantizer =
        Quantizers.of(
            spec,
            tensor -> witness.containsKey(tensor) ? witness.get(tensor).toFloatTensor() : null);
    float[] x = witness.get("x").toFloatTensor().values();
    int count = x.length / quantizer.dimensions();
    int[] expected = witness.get("ids").toInts();
    int[] ids = new int[count * quantizer.idsPerVector()];
    float[] errors = new float[count * quantizer.errorsPerVector()];
    quantizer.encode(x, count, ids, errors);
    assertThat(ids).isEqualTo(expected);
    try (GraphRunner graph = new GraphRunner(quantizer)) {
      assertThat(graph.encode(x, count).ids()).isEqualTo(expected);
      if (witness.containsKey("vectors")) {
        float[] vectors = witness.get("vectors").toFloatTensor().values();
        float[] decoded = new float[vectors.length];
        quantizer.decode(ids, count, decoded);
        assertThat(decoded).containsExactly(vectors, Offset.offset(1e-5f));
        assertThat(graph.decode(ids, count)).containsExactly(vectors, Offset.offset(1e-5f));
      }
    }
    if (witness.containsKey("errors")) {
      assertThat(errors)
          .containsExactly(witness.get("errors").toFloatTensor().values(), Offset.offset(1e-5f));
    }
  }

  @Test
  void vectorQuantizers() {
    check("vq_euclidean", with(spec("vq", "codebook", "codebook"), PLAIN));
    check("simvq", with(spec("vq", "codebook", "codebook"), PLAIN));
    check("vq_cosine", with(spec("vq", "codebook", "codebook"), PLAIN), "metric", "cosine");
    check(
        "vq_cosine",
        with(spec("vq", "codebook", "codebook"), PLAIN),
        "metric",
        "dot",
        "normalise",
        "input");
  }

  private void check(String name, QuantizerSpec spec, Object... changes) {
    check(name, with(spec, changes));
  }

  @Test
  void residualAndGrouped() {
    check("residual", with(spec("residual", "codebooks", "codebooks"), PLAIN));
    check(
        "grouped_residual",
        spec(
            "product",
            "packing",
            "unpacked",
            "parts",
            List.of(residual("first"), residual("second"))));
  }

  private static Map<String, Object> residual(String codebooks) {
    return Map.of(
        "family",
        "residual",
        "codebooks",
        codebooks,
        "metric",
        "euclidean",
        "normalise",
        "none",
        "dequantise",
        "stored");
  }

  @Test
  void finiteScalar() {
    check("fsq_even", spec("fsq", "levels", List.of(8, 8, 8, 5, 5, 5)));
    check("fsq_small", spec("fsq", "levels", List.of(4, 4, 3)));
  }

  @Test
  void signs() {
    check("lfq_big", spec("lfq", "bits", 12, "bit_order", "big"));
    check("bsq_big", spec("bsq", "bits", 12, "bit_order", "big"));
  }

  @Test
  void randomProjection() {
    check(
        "random_projection",
        spec(
            "random_projection",
            "projection",
            "projection",
            "codebook",
            "codebook",
            "metric",
            "cosine",
            "normalise",
            "none"));
  }

  @Test
  void multiScale() {
    check(
        "multi_scale",
        with(
            spec(
                "multi_scale",
                "height",
                8,
                "width",
                8,
                "codebook",
                "codebook",
                "scales",
                List.of(1, 2, 3, 4, 6, 8),
                "phi",
                List.of("phi0", "phi1", "phi2", "phi3"),
                "phi_bias",
                List.of("bias0", "bias1", "bias2", "bias3"),
                "phi_ratio",
                0.5,
                "phi_index",
                boxed(load("multi_scale").get("phi_index").toInts())),
            PLAIN));
  }

  private static List<Integer> boxed(int[] values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 33})
  void normalBins(int levels) {
    check(
        "normal_bins_" + levels,
        spec(
            "normal_bins",
            "dimensions",
            4,
            "levels",
            levels,
            "scale",
            0.2325,
            "range",
            5,
            "std",
            3));
    double[] values = load("normal_bins_" + levels).get("values").toDoubles();
    double[] own = NormalBinQuantizer.values(levels, 3);
    for (int i = 0; i < levels; i++) {
      assertThat(own[i]).isCloseTo(values[i], Offset.offset(1e-6));
    }
  }

  @Test
  void spline() {
    check(
        "spline",
        spec(
            "spline_bins",
            "steps",
            50,
            "degrees_of_freedom",
            3,
            "basis",
            10,
            "degree",
            4,
            "ridge",
            1e-9,
            "levels",
            256,
            "low",
            "low",
            "high",
            "high"));
  }

  @ParameterizedTest
  @CsvSource({"16,5", "8,3", "7,7", "10,1"})
  void resampling(int length, int small) {
    SortedMap<String, NpyArray> witness = load("resample_" + length + "_" + small);
    FloatTensor area = witness.get("area").toFloatTensor();
    assertThat(Resampling.area(small, length)).containsExactly(area.values(), Offset.offset(1e-6f));
    FloatTensor cubic = witness.get("bicubic").toFloatTensor();
    assertThat(Resampling.bicubic(length, small))
        .containsExactly(cubic.values(), Offset.offset(1e-6f));
  }

  @Test
  void theSigmoidLeavesOneHalfWherePyTorchsDoes() {
    // PyTorch 2.15.0 on a CPU: torch.sigmoid is 0.5 up to 0x33c00000 and more above.
    assertThat(Float.floatToIntBits(BinaryQuantizer.THRESHOLD)).isEqualTo(0x33c00000);
  }
}
