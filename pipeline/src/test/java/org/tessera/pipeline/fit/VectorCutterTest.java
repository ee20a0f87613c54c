package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.tessera.udf.frontend.ByteFeatures;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;

class VectorCutterTest {
  private static VectorCutter cutter(String modality, String vectors, int perSample) {
    return new VectorCutter(
        FitSpecParser.parse(
            "test",
            """
            name: x
            modality: %s
            licence: MIT
            front_end: []
            learn:
              vectors: {%s}
              quantizer: {family: vq, codes: 2}
              training: {vectors_per_sample: %d}
            """
                .formatted(modality, vectors, perSample)));
  }

  private static TrainingSource.Sample sample(String id, Features features) {
    return new TrainingSource.Sample(id, features);
  }

  @Test
  void cutsPatchesInRowMajorOrder() {
    // A 4 x 6 image of 2 channels, its bytes counting up.
    byte[] bytes = new byte[48];
    for (int i = 0; i < 48; i++) {
      bytes[i] = (byte) (5 * i);
    }
    VectorCutter cutter = cutter("image", "kind: patches, size: 2", 100);
    float[] vectors = cutter.cut(sample("a", new ByteFeatures(bytes, 4, 6, 2)));

    assertThat(vectors).hasSize(48);
    // The patch in the second row and the last column: rows 2 and 3, columns 4 and 5.
    int[] expected = {32, 33, 34, 35, 44, 45, 46, 47};
    for (int i = 0; i < 8; i++) {
      assertThat(vectors[5 * 8 + i]).isEqualTo((5 * expected[i] & 0xff) * (1f / 255f));
    }
    // Floats are taken as they are.
    float[] floats = new float[48];
    Arrays.fill(floats, 0.5f);
    assertThat(cutter.cut(sample("a", new FloatFeatures(floats, 4, 6, 2)))).containsOnly(0.5f);
  }

  @Test
  void takesTheLastAxisAsVectors() {
    float[] values = new float[24];
    Arrays.setAll(new int[24], i -> (int) (values[i] = i));
    VectorCutter cutter = cutter("audio", "kind: rows", 100);
    FloatFeatures features = new FloatFeatures(values, 2, 3, 4);
    assertThat(cutter.dimensions(features)).isEqualTo(4);
    assertThat(cutter.cut(sample("a", features))).isEqualTo(values);
    assertThat(cutter.cut(sample("a", new FloatFeatures(values, 24)))).isEqualTo(values);
  }

  @Test
  void choosesSomeOfManyByTheSamplesId() {
    float[] values = new float[1000];
    Arrays.setAll(new int[1000], i -> (int) (values[i] = i));
    VectorCutter cutter = cutter("audio", "kind: rows", 10);
    FloatFeatures features = new FloatFeatures(values, 1000, 1);
    float[] chosen = cutter.cut(sample("a", features));

    assertThat(chosen).hasSize(10).isSorted().doesNotHaveDuplicates();
    assertThat(cutter.cut(sample("a", features))).isEqualTo(chosen);
    TreeSet<Float> all = new TreeSet<>();
    for (int id = 0; id < 2000; id++) {
      for (float value : cutter.cut(sample("sample" + id, features))) {
        all.add(value);
      }
    }
    assertThat(all).hasSize(1000);
  }

  @Test
  void refusesImagesThatDoNotFit() {
    VectorCutter cutter = cutter("image", "kind: patches, size: 8", 10);
    assertThatThrownBy(() -> cutter.cut(sample("a", new ByteFeatures(new byte[300], 10, 10, 3))))
        .isInstanceOf(FitException.class)
        .hasMessage(
            "Cannot cut features of shape [10, 10, 3] into patches of 8 x 8 (let the front-end make"
                + " [height, width, channels] with sides that are multiples of 8)");
  }
}
