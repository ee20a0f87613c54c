package org.tessera.pipeline.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FeatureMomentsTest {
  @Test
  void distancesEqualScipys() throws IOException {
    JsonNode golden;
    try (InputStream in = getClass().getResourceAsStream("frechet.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    assertThat(golden.path("cases")).hasSize(4);
    for (JsonNode example : golden.path("cases")) {
      double expected = example.path("frechet").asDouble();
      double distance =
          FeatureMoments.frechetDistance(moments(example.path("a")), moments(example.path("b")));
      // SciPy's root of a singular product is exact to some six digits only.
      assertThat(distance).isCloseTo(expected, within(1e-5 * Math.max(1, expected)));
    }
  }

  private static FeatureMoments moments(JsonNode rows) {
    FeatureMoments moments = new FeatureMoments(rows.get(0).size());
    for (JsonNode row : rows) {
      float[] vector = new float[row.size()];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) row.get(i).asDouble();
      }
      moments.add(vector);
    }
    return moments;
  }

  @Test
  void aSetIsNotApartFromItself() {
    FeatureMoments set = random(7, 500, 9, 0);
    assertThat(FeatureMoments.frechetDistance(set, set)).isCloseTo(0, within(1e-9));
  }

  @Test
  void aShiftIsItsSquare() {
    FeatureMoments set = random(3, 100, 4, 0);
    FeatureMoments moved = random(3, 100, 4, 2);
    // Four features, each moved by 2.
    assertThat(FeatureMoments.frechetDistance(set, moved)).isCloseTo(16, within(1e-4));
  }

  @Test
  void independentFeaturesHaveTheClosedForm() {
    // Variances 2 and 18 of ±1 and ±3 over n - 1 = 1: (√2 - √18)² = 8.
    FeatureMoments narrow = new FeatureMoments(1);
    narrow.add(new float[] {-1});
    narrow.add(new float[] {1});
    FeatureMoments wide = new FeatureMoments(1);
    wide.add(new float[] {-3});
    wide.add(new float[] {3});
    assertThat(FeatureMoments.frechetDistance(narrow, wide)).isCloseTo(8, within(1e-12));
  }

  @Test
  void theSumOfTwoPartsIsTheWhole() {
    Random random = new Random(1);
    FeatureMoments whole = new FeatureMoments(6);
    FeatureMoments left = new FeatureMoments(6);
    FeatureMoments right = new FeatureMoments(6);
    FeatureMoments other = random(9, 50, 6, 1);
    for (int i = 0; i < 200; i++) {
      float[] vector = new float[6];
      for (int j = 0; j < 6; j++) {
        vector[j] = (float) random.nextGaussian() + 1000;
      }
      whole.add(vector);
      (i % 3 == 0 ? left : right).add(vector);
    }

    FeatureMoments sum = FeatureMoments.of(left.toBytes());
    sum.add(FeatureMoments.of(right.toBytes()));
    sum.add(new FeatureMoments(6));

    assertThat(sum.count()).isEqualTo(200);
    assertThat(FeatureMoments.frechetDistance(sum, whole)).isCloseTo(0, within(1e-7));
    double expected = FeatureMoments.frechetDistance(whole, other);
    assertThat(FeatureMoments.frechetDistance(sum, other))
        .isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void whatCannotBeComparedIsAnError() {
    FeatureMoments two = random(1, 2, 2, 0);
    assertThatThrownBy(() -> FeatureMoments.frechetDistance(two, random(1, 1, 2, 0)))
        .hasMessage("Cannot compare 2 vectors with 1 (each needs two or more)");
    assertThatThrownBy(() -> two.add(new float[3]))
        .hasMessage(
            "Cannot sum up vectors of 2 and of 3 features (the metric model must give equally"
                + " many for every sample)");
    assertThatThrownBy(() -> two.add(new float[] {1, Float.NaN}))
        .hasMessage("Cannot sum up features: one is NaN (look at the metric model)");
  }

  private static FeatureMoments random(long seed, int vectors, int dimension, float shift) {
    Random random = new Random(seed);
    FeatureMoments moments = new FeatureMoments(dimension);
    for (int i = 0; i < vectors; i++) {
      float[] vector = new float[dimension];
      for (int j = 0; j < dimension; j++) {
        vector[j] = (float) random.nextGaussian() + shift;
      }
      moments.add(vector);
    }
    return moments;
  }
}
