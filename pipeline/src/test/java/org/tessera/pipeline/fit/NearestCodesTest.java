package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestCodesTest {
  // Codes: fewer than one run, one part, and several parts with a last one that is not full.
  @ParameterizedTest
  @CsvSource({"2, 3", "63, 5", "64, 8", "1000, 16", "20000, 4"})
  void findsWhatASearchOverAllFinds(int codes, int dimensions) {
    Random random = new Random(codes);
    float[] table = gaussian(random, codes * dimensions);
    float[] vectors = gaussian(random, 300 * dimensions);
    int[] ids;
    try (NearestCodes nearest = new NearestCodes(new Codebook(codes, table))) {
      ids = nearest.search(new Block(0, 300, dimensions, vectors));
    }
    for (int row = 0; row < 300; row++) {
      double found = distance(vectors, row, table, ids[row], dimensions);
      for (int code = 0; code < codes; code++) {
        assertThat(distance(vectors, row, table, code, dimensions))
            .as("vector %d, code %d", row, code)
            .isGreaterThan(found - 1e-4);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"10", "9000"})
  void takesTheLowestOfEqualCodes(int codes) {
    float[] table = new float[codes * 2];
    for (int i = 0; i < table.length; i++) {
      // Every code occurs twice, in different parts of a large codebook.
      table[i] = (i / 2) % (codes / 2) + 1;
    }
    float[] vectors = {3, 3, 5, 5, 1, 1};
    try (NearestCodes nearest = new NearestCodes(new Codebook(codes, table))) {
      assertThat(nearest.search(new Block(0, 3, 2, vectors))).containsExactly(2, 4, 0);
    }
  }

  private static float[] gaussian(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static double distance(
      float[] vectors, int row, float[] table, int code, int dimensions) {
    double sum = 0;
    for (int d = 0; d < dimensions; d++) {
      double difference = vectors[row * dimensions + d] - table[code * dimensions + d];
      sum += difference * difference;
    }
    return sum;
  }
}
