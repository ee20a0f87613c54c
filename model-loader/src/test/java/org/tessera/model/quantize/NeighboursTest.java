package org.tessera.model.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.model.quantize.Specs.spec;
import static org.tessera.model.quantize.Specs.tensors;

import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.npy.FloatTensor;

class NeighboursTest {
  private static Quantizer vq(FloatTensor table) {
    return Quantizers.of(
        spec(
            "vq",
            "codebook",
            "c",
            "metric",
            "euclidean",
            "normalise",
            "none",
            "dequantise",
            "stored"),
        tensors("c", table));
  }

  @Test
  void ranksByDistanceAndThenById() {
    Quantizer line = vq(FloatTensor.of(new float[] {3, 1, 0, 1, 7}, 5, 1));
    assertThat(CodeNeighbours.of(line, new float[] {1.2f, 6}, 2, 4))
        .containsExactly(1, 3, 2, 0, 4, 0, 1, 3);
    assertThatThrownBy(() -> CodeNeighbours.of(line, new float[] {1}, 1, 6))
        .hasMessage("Cannot rank 6 codes (give 1 to 5)");
    Quantizer bits = Quantizers.of(spec("lfq", "bits", 2, "bit_order", "big"), tensors());
    assertThatThrownBy(() -> CodeNeighbours.of(bits, new float[] {1, 1}, 1, 2))
        .hasMessage("Cannot rank codes: only the family vq has one distance a code");
  }

  @Test
  void ranksBehindAProjection() {
    FloatTensor table = FloatTensor.of(Specs.gaussian(4, 64 * 6), 64, 6);
    FloatTensor map = FloatTensor.of(Specs.gaussian(5, 6 * 9), 6, 9);
    Quantizer projected =
        Quantizers.of(
            spec(
                "projected",
                "project_in",
                "in",
                "inner",
                java.util.Map.of(
                    "family",
                    "vq",
                    "codebook",
                    "c",
                    "metric",
                    "euclidean",
                    "normalise",
                    "none",
                    "dequantise",
                    "stored")),
            tensors("in", map, "c", table));
    float[] vectors = Specs.gaussian(6, 30 * 9);
    float[] inner = new float[30 * 6];
    for (int i = 0; i < 30; i++) {
      for (int o = 0; o < 6; o++) {
        for (int j = 0; j < 9; j++) {
          inner[i * 6 + o] += map.values()[o * 9 + j] * vectors[i * 9 + j];
        }
      }
    }
    int[] expected = CodeNeighbours.of(vq(table), inner, 30, 7);
    assertThat(CodeNeighbours.of(projected, vectors, 30, 7)).isEqualTo(expected);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> input =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 9)));
      Operand<TInt32> best = QuantizerGraphs.neighbours(tf, projected, input, 7);
      try (Session session = new Session(graph);
          TFloat32 tensor =
              TFloat32.tensorOf(Shape.of(30, 9), DataBuffers.of(vectors, true, false));
          var result = session.runner().feed(input, tensor).fetch(best).run()) {
        int[] values = new int[30 * 7];
        ((TInt32) result.get(0)).asRawTensor().data().asInts().read(values);
        assertThat(values).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 20000})
  void graphRanksAsTheReference(int codes) {
    float[] table = Specs.gaussian(1, codes * 6);
    // Equal codes, some in different blocks of the search: ties go by id.
    for (int k : new int[] {70, codes - 3, codes - 2}) {
      System.arraycopy(table, 6 * 6, table, k * 6, 6);
    }
    Quantizer quantizer = vq(FloatTensor.of(table, codes, 6));
    float[] vectors = Specs.gaussian(2, 40 * 6);
    System.arraycopy(table, 6 * 6, vectors, 0, 6);
    int[] expected = CodeNeighbours.of(quantizer, vectors, 40, 100);
    assertThat(Arrays.copyOf(expected, 4)).containsExactly(6, 70, codes - 3, codes - 2);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> input =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, 6)));
      Operand<TInt32> best = QuantizerGraphs.neighbours(tf, quantizer, input, 100);
      try (Session session = new Session(graph);
          TFloat32 tensor =
              TFloat32.tensorOf(Shape.of(4, 10, 6), DataBuffers.of(vectors, true, false));
          var result = session.runner().feed(input, tensor).fetch(best).run()) {
        TInt32 ids = (TInt32) result.get(0);
        assertThat(ids.shape().asArray()).containsExactly(4, 10, 100);
        int[] values = new int[4000];
        ids.asRawTensor().data().asInts().read(values);
        assertThat(values).isEqualTo(expected);
      }
    }
  }

  @Test
  void perturbsByProbability() {
    int positions = 20000;
    int[] neighbours = new int[positions * 10];
    for (int i = 0; i < neighbours.length; i++) {
      neighbours[i] = i % 10;
    }
    Perturbation half = new Perturbation(0.5, 1, 10, 42);
    int[] ids = half.perturb(7, neighbours);
    int[] counts = new int[10];
    Arrays.stream(ids).forEach(id -> counts[id]++);
    assertThat(counts[0] / (double) positions).isCloseTo(0.55, Offset.offset(0.015));
    for (int rank = 1; rank < 10; rank++) {
      assertThat(counts[rank] / (double) positions).isCloseTo(0.05, Offset.offset(0.006));
    }
    assertThat(half.perturb(7, neighbours)).isEqualTo(ids);
    assertThat(half.perturb(8, neighbours)).isNotEqualTo(ids);
    Perturbation tenth = new Perturbation(1, 0.1, 10, 42);
    int perturbed = 0;
    for (int key = 0; key < 5000; key++) {
      if (Arrays.stream(tenth.perturb(key, Arrays.copyOf(neighbours, 300))).sum() > 0) {
        perturbed++;
      }
    }
    assertThat(perturbed / 5000.0).isCloseTo(0.1, Offset.offset(0.015));
  }

  @Test
  void refusesWrongProbabilities() {
    assertThatThrownBy(() -> new Perturbation(2, 0, 1, 0))
        .hasMessage(
            "Cannot perturb with alpha 2.0, beta 0.0, delta 1 (alpha and beta are probabilities,"
                + " delta is at least 1)");
    assertThatThrownBy(() -> new Perturbation(1, 1, 3, 0).perturb(1, new int[4]))
        .hasMessage("Cannot perturb 4 neighbours (give a multiple of 3)");
    assertThat(List.of(new Perturbation(1, 1, 1, 0).perturb(1, new int[] {4})[0]))
        .containsExactly(4);
  }
}
