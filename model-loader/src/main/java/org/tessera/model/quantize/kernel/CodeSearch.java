package org.tessera.model.quantize.kernel;

import java.util.Arrays;

/**
 * Finds for each query vector {@code z} the code {@code k} with the largest {@code z·e_k - h_k},
 * ties to the lowest {@code k}, in 32-bit floats. With {@code h_k = ‖e_k‖²/2} that is the nearest
 * code in Euclidean distance, since {@code ‖z-e‖² = ‖z‖² - 2(z·e - ‖e‖²/2)}; with {@code h = 0} it
 * is the largest dot product. A query with NaN finds code 0. Immutable and thread-safe; each call
 * takes some 50 KB of scratch memory.
 *
 * <p>The products of one pair are added in the order of the dimensions, starting from {@code -h},
 * whatever the number of queries: the id of a query never depends on its neighbours.
 *
 * <p>How it is fast: the codebook is kept in tiles of up to {@value #TILE} codes, one array a
 * dimension, so that the inner loop runs over neighbouring codes in whole arrays (C2 vectorises
 * such loops, but not loops that start at an offset); two queries and two dimensions go through it
 * at once; and the largest score of up to {@value #GROUP} tiles is found by vectorised maxima
 * before any id is looked for.
 */
public final class CodeSearch {
  private static final int TILE = 512;
  private static final int GROUP = 8;

  /** Queries that go through a group of tiles while it is in the cache. */
  private static final int QUERIES = 64;

  /** What a group of tiles may take of a cache, in floats. */
  private static final int GROUP_FLOATS = 1 << 17;

  private final int codes;
  private final int dimensions;
  private final int tile;
  private final int group;

  /** For each tile, {@code -h} and then one array a dimension. */
  private final float[][][] tiles;

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
    this.tile = Math.min(dimensions > 256 ? TILE / 2 : TILE, (codes + 15) / 16 * 16);
    this.group = (int) Math.max(1, Math.min(GROUP, GROUP_FLOATS / ((long) tile * dimensions)));
    this.tiles = new float[(codes + tile - 1) / tile][dimensions + 1][tile];
    for (float[][] one : tiles) {
      Arrays.fill(one[0], Float.NEGATIVE_INFINITY);
    }
    for (int k = 0; k < codes; k++) {
      float[][] target = tiles[k / tile];
      int lane = k % tile;
      target[0][lane] = -offsets[k];
      for (int d = 0; d < dimensions; d++) {
        target[d + 1][lane] = table[k * dimensions + d];
      }
    }
  }

  /** The number of codes. */
  public int codes() {
    return codes;
  }

  /** The length of one vector. */
  public int dimensions() {
    return dimensions;
  }

  /**
   * Searches.
   *
   * @param queries {@code count × dimensions}, row-major
   * @param ids receives one id a query
   * @param scores receives {@code z·e - h} of that id; or null
   */
  public void nearest(float[] queries, int count, int[] ids, float[] scores) {
    Pair pair = new Pair(Math.min(group, tiles.length), tile);
    float[] best = scores == null ? new float[Math.min(count, QUERIES)] : null;
    for (int from = 0; from < count; from += QUERIES) {
      int to = Math.min(count, from + QUERIES);
      Found found = new Found(ids, scores == null ? best : scores, scores == null ? from : 0);
      found.start(from, to);
      for (int first = 0; first < tiles.length; first += group) {
        int last = Math.min(tiles.length, first + group);
        for (int i = from; i < to; i += 2) {
          // The last of an odd number of queries is paired with itself.
          search(queries, i, Math.min(i + 1, to - 1), first, last, pair);
          found.improve(i, pair.largestA, pair.a, first * tile, last - first);
          found.improve(Math.min(i + 1, to - 1), pair.largestB, pair.b, first * tile, last - first);
        }
      }
    }
  }

  private void search(float[] queries, int rowA, int rowB, int from, int to, Pair pair) {
    for (int t = from; t < to; t++) {
      float[] a = pair.a[t - from];
      float[] b = pair.b[t - from];
      score(queries, tiles[t], rowA, rowB, a, b);
      if (t == from) {
        System.arraycopy(a, 0, pair.largestA, 0, tile);
        System.arraycopy(b, 0, pair.largestB, 0, tile);
      } else {
        largest(pair.largestA, a);
        largest(pair.largestB, b);
      }
    }
  }

  private void score(float[] queries, float[][] codes, int rowA, int rowB, float[] a, float[] b) {
    System.arraycopy(codes[0], 0, a, 0, tile);
    System.arraycopy(codes[0], 0, b, 0, tile);
    int atA = rowA * dimensions;
    int atB = rowB * dimensions;
    int d = 0;
    for (; d + 1 < dimensions; d += 2) {
      add(
          queries[atA + d],
          queries[atA + d + 1],
          queries[atB + d],
          queries[atB + d + 1],
          codes[d + 1],
          codes[d + 2],
          a,
          b);
    }
    if (d < dimensions) {
      add(queries[atA + d], queries[atB + d], codes[d + 1], a, b);
    }
  }

  private static void add(
      float a0,
      float a1,
      float b0,
      float b1,
      float[] codes0,
      float[] codes1,
      float[] a,
      float[] b) {
    for (int j = 0; j < a.length; j++) {
      float first = codes0[j];
      float second = codes1[j];
      a[j] = a[j] + a0 * first + a1 * second;
      b[j] = b[j] + b0 * first + b1 * second;
    }
  }

  private static void add(float a0, float b0, float[] codes, float[] a, float[] b) {
    for (int j = 0; j < a.length; j++) {
      a[j] += a0 * codes[j];
      b[j] += b0 * codes[j];
    }
  }

  private static void largest(float[] largest, float[] scores) {
    for (int j = 0; j < scores.length; j++) {
      largest[j] = Math.max(largest[j], scores[j]);
    }
  }

  /** The scores of two queries in a group of tiles. */
  private static final class Pair {
    final float[][] a;
    final float[][] b;
    final float[] largestA;
    final float[] largestB;

    Pair(int tiles, int tile) {
      a = new float[tiles][tile];
      b = new float[tiles][tile];
      largestA = new float[tile];
      largestB = new float[tile];
    }
  }

  /** The best codes so far. The score of row {@code i} is kept at {@code i - shift}. */
  private record Found(int[] ids, float[] scores, int shift) {
    void start(int from, int to) {
      Arrays.fill(ids, from, to, 0);
      Arrays.fill(scores, from - shift, to - shift, Float.NEGATIVE_INFINITY);
    }

    /** Looks for a better code among the scores of a few tiles. */
    void improve(int row, float[] largest, float[][] tileScores, int firstCode, int tileCount) {
      float best = scores[row - shift];
      float top = Float.NEGATIVE_INFINITY;
      boolean unordered = false;
      for (float score : largest) {
        if (score > top) {
          top = score;
        }
        unordered |= Float.isNaN(score);
      }
      if (!unordered && top <= best) {
        return;
      }
      for (int t = 0; t < tileCount; t++) {
        float[] one = tileScores[t];
        for (int j = 0; j < one.length; j++) {
          if (one[j] > best) {
            best = one[j];
            ids[row] = firstCode + t * one.length + j;
          }
        }
      }
      scores[row - shift] = best;
    }
  }
}
