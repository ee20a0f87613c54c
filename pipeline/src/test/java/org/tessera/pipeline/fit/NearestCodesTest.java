package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestCodesTest {
  private static final int ROWS = 1200;

  // Codes: one group, of one part and of several; groups of one part and of several.
  @ParameterizedTest
  @CsvSource({
    "2, 3, 0",
    "63, 5, 0",
    "500, 16, 7",
    "512, 8, 0",
    "1000, 16, 1000",
    "3000, 64, 0",
    "20000, 4, 5"
  })
  void findsWhatASearchOverAllFinds(int codes, int dimensions, float middle) {
    Random random = new Random(codes);
    float[] table = gaussian(random, codes * dimensions, middle);
    float[] vectors = gaussian(random, ROWS * dimensions, middle);
    // Some vectors lie in the middle of two codes, almost, and some on a code.
    for (int row = 0; row < 100; row++) {
      int a = random.nextInt(codes) * dimensions;
      int b = row < 50 ? a : random.nextInt(codes) * dimensions;
      for (int d = 0; d < dimensions; d++) {
        vectors[row * dimensions + d] = (table[a + d] + table[b + d]) / 2;
      }
    }
    Codebook codebook = new Codebook(codes, table);
    int[] expected = new int[ROWS];
    Arrays.setAll(expected, row -> nearest(vectors, row, table, dimensions));
    for (int size : new int[] {ROWS, 100, 7}) {
      assertThat(search(codebook, vectors, size)).isEqualTo(expected);
    }
    // What searches learn about a codebook changes nothing.
    assertThat(search(codebook, vectors, ROWS)).isEqualTo(expected);
  }

  /** Searches vectors in blocks of a size. */
  private static int[] search(Codebook codebook, float[] vectors, int size) {
    int dimensions = codebook.dimensions();
    int[] ids = new int[vectors.length / dimensions];
    try (NearestCodes nearest = new NearestCodes(codebook)) {
      for (int from = 0; from < ids.length; from += size) {
        int count = Math.min(size, ids.length - from);
        float[] some = Arrays.copyOfRange(vectors, from * dimensions, (from + count) * dimensions);
        int[] found = nearest.search(new Block(from, count, dimensions, some));
        System.arraycopy(found, 0, ids, from, count);
      }
    }
    return ids;
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

  private static float[] gaussian(Random random, int size, float middle) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = middle + (float) random.nextGaussian();
    }
    return values;
  }

  /** The first of the nearest codes, by the plain formula in 64 bits. */
  private static int nearest(float[] vectors, int row, float[] table, int dimensions) {
    int nearest = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int code = 0; code < table.length / dimensions; code++) {
      double sum = 0;
      for (int d = 0; d < dimensions; d++) {
        double difference = (double) vectors[row * dimensions + d] - table[code * dimensions + d];
        sum += difference * difference;
      }
      if (sum < least) {
        least = sum;
        nearest = code;
      }
    }
    return nearest;
  }
}
