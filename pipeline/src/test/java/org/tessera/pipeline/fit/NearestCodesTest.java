package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  @ParameterizedTest
  @CsvSource({"3, 2", "300, 8", "2000, 16"})
  void findsCodesThatAreMuchShorterThanOthers(int codes, int dimensions) {
    Random random = new Random(codes);
    float[] table = gaussian(random, codes * dimensions, 0);
    float[] vectors = gaussian(random, ROWS * dimensions, 0);
    shorten(random, table, dimensions);
    shorten(random, vectors, dimensions);
    // Some have no length.
    Arrays.fill(table, dimensions, 2 * dimensions, 0);
    Arrays.fill(vectors, 0, 3 * dimensions, 0);
    int[] expected = new int[ROWS];
    Arrays.setAll(expected, row -> nearest(vectors, row, table, dimensions));
    assertThat(search(new Codebook(codes, table), vectors, ROWS)).isEqualTo(expected);
  }

  /** Makes vectors as much as a million times shorter. */
  private static void shorten(Random random, float[] vectors, int dimensions) {
    for (int from = 0; from < vectors.length; from += dimensions) {
      float scale = (float) Math.pow(10, -6 * random.nextDouble());
      for (int i = from; i < from + dimensions; i++) {
        vectors[i] *= scale;
      }
    }
  }

  // One group of codes, groups of one part and of several.
  @ParameterizedTest
  @CsvSource({"9, 3", "40, 7", "256, 16", "1500, 64", "6000, 2"})
  void findsWhatASearchOverAllFindsWhenCodesMove(int codes, int dimensions) {
    Random random = new Random(codes);
    float[] vectors = gaussian(random, ROWS * dimensions, 1);
    Block block = new Block(0, ROWS, dimensions, vectors);
    Codebook codebook = new Codebook(codes, gaussian(random, codes * dimensions, 1));
    List<Block> blocks = List.of(block);
    List<Notes> notes = new ArrayList<>();
    notes.add(Notes.of(new MemoryBlocks(blocks, dimensions, ROWS), codebook));
    notes.add(Notes.of(new LocalBlocks(blocks, 1, 0), codebook));
    for (int pass = 0; pass < 8; pass++) {
      float[] table = codebook.values();
      int[] expected = new int[ROWS];
      Arrays.setAll(expected, row -> nearest(vectors, row, table, dimensions));
      Codebook searched = codebook;
      notes.replaceAll(old -> old.follow(searched));
      for (Notes noted : notes) {
        Neighbours known = noted.take(block, codebook.groups().number());
        try (NearestCodes nearest = noted.search(codebook)) {
          nearest.search(block, known);
        }
        assertThat(known.codes()).as("pass %d", pass).isEqualTo(expected);
        for (int row = 0; row < ROWS; row++) {
          assertThat(known.distances()[row])
              .isEqualTo(codebook.squaredDistance(vectors, row, expected[row]));
        }
        noted.leave(block, known);
      }
      codebook = codebook.moved(moved(random, table, vectors, dimensions, pass));
    }
  }

  /**
   * Codes at other places: all a little, less from pass to pass, and some onto vectors or codes.
   */
  private static float[] moved(
      Random random, float[] table, float[] vectors, int dimensions, int pass) {
    float[] moved = table.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += (float) random.nextGaussian() * 0.3f / (1 << pass);
    }
    for (int i = 0; i < 3; i++) {
      int to = random.nextInt(table.length / dimensions) * dimensions;
      int vector = random.nextInt(ROWS) * dimensions;
      System.arraycopy(vectors, vector, moved, to, dimensions);
      int twin = random.nextInt(table.length / dimensions) * dimensions;
      System.arraycopy(moved, to, moved, twin, dimensions);
    }
    return moved;
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

  @ParameterizedTest
  @CsvSource({"1", "5", "70"})
  void takesTheFirstWhereAllCodesAndVectorsAreNought(int codes) {
    try (NearestCodes nearest = new NearestCodes(new Codebook(codes, new float[codes * 3]))) {
      assertThat(nearest.search(new Block(0, 2, 3, new float[6]))).containsExactly(0, 0);
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
