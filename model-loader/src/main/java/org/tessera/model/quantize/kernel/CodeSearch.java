package org.tessera.model.quantize.kernel;

import java.util.Arrays;

/**
 * Finds for each query vector {@code z} the code {@code k} with the largest {@code z·e_k - h_k},
 * ties to the lowest {@code k}, in 32-bit floats. With {@code h_k = ‖e_k‖²/2} that is the nearest
 * code in Euclidean distance, since {@code ‖z-e‖² = ‖z‖² - 2(z·e - ‖e‖²/2)}; with {@code h = 0} it
 * is the largest dot product. Immutable and thread-safe; each call takes scratch memory of a few
 * kilobytes.
 *
 * <p>The codebook is kept in tiles of {@value #TILE} codes, each transposed, so that the inner loop
 * runs over neighbouring codes. The products of one pair are added in the order of the dimensions,
 * whatever the number of queries: the ids of a query never depend on its neighbours.
 */
public final class CodeSearch {
  private static final int TILE = 512;

  private final int tile;
  private final int codes;
  private final int dimensions;
  private final float[] tiles;
  private final float[] offsets;

  /**
   * Prepares a codebook.
   *
   * @param table {@code codes × dimensions}, row-major; copied
   * @param offsets {@code h}, one a code; copied
   */
  public CodeSearch(float[] table, float[] offsets, int dimensions) {
    this.codes = offsets.length;
    this.dimensions = dimensions;
    if (codes == 0 || dimensions < 1 || table.length != (long) codes * dimensions) {
      throw new IllegalArgumentException(
          "Cannot search "
              + codes
              + " codes of "
              + dimensions
              + " dimensions in "
              + table.length
              + " floats (give codes × dimensions)");
    }
    this.tile = Math.min(TILE, (codes + 15) / 16 * 16);
    int tileCount = (codes + tile - 1) / tile;
    long floats = (long) tileCount * tile * dimensions;
    if (floats > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "Cannot search "
              + codes
              + " codes of "
              + dimensions
              + " dimensions (2^31 floats at most)");
    }
    this.tiles = new float[(int) floats];
    this.offsets = new float[tileCount * tile];
    Arrays.fill(this.offsets, Float.POSITIVE_INFINITY);
    System.arraycopy(offsets, 0, this.offsets, 0, codes);
    for (int k = 0; k < codes; k++) {
      int base = k / tile * tile * dimensions + k % tile;
      for (int d = 0; d < dimensions; d++) {
        tiles[base + d * tile] = table[k * dimensions + d];
      }
    }
  }

  /**
   * Searches.
   *
   * @param queries {@code count × dimensions}, row-major
   * @param ids receives one id a query
   */
  public void nearest(float[] queries, int count, int[] ids) {
    float[] scores = new float[tile];
    for (int i = 0; i < count; i++) {
      ids[i] = nearest(queries, i * dimensions, scores);
    }
  }

  private int nearest(float[] queries, int at, float[] scores) {
    int best = 0;
    float bestScore = Float.NEGATIVE_INFINITY;
    for (int first = 0; first < codes; first += tile) {
      score(queries, at, first, scores);
      int limit = Math.min(tile, codes - first);
      for (int j = 0; j < limit; j++) {
        if (scores[j] > bestScore) {
          bestScore = scores[j];
          best = first + j;
        }
      }
    }
    return best;
  }

  private void score(float[] queries, int at, int first, float[] scores) {
    for (int j = 0; j < tile; j++) {
      scores[j] = -offsets[first + j];
    }
    int base = first * dimensions;
    for (int d = 0; d < dimensions; d++) {
      float z = queries[at + d];
      int row = base + d * tile;
      for (int j = 0; j < tile; j++) {
        scores[j] += z * tiles[row + j];
      }
    }
  }
}
