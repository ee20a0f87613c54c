package org.tessera.udf.points.geometry;

import java.util.Arrays;

/**
 * A k-d tree whose leaves are ranges of points stored together, in ascending index. A node's left
 * child is the next node. Bounding boxes are tight, so that the distance to a box, computed as
 * distances to points are, is never above that of a point in it: rounding is monotonic. Immutable
 * once built; building is not thread-safe.
 */
final class PointTree {
  private static final int DEEPEST = 48;
  private static final int SAMPLES = 1024;

  final float[] x;
  final float[] y;
  final float[] z;

  /** The index of each stored point in the caller's arrays. */
  final int[] index;

  int[] from;
  int[] to;

  /** The right child, or -1 for a leaf. */
  int[] right;

  private float[] low;
  private float[] high;
  private int nodes;
  private final int leafSize;
  private float[] spareX = new float[0];
  private float[] spareY = new float[0];
  private float[] spareZ = new float[0];
  private int[] spareIndex = new int[0];

  /**
   * @param chosen the points to store, ascending
   * @param leafSize the most points of a leaf, unless they cannot be told apart
   */
  PointTree(FloatPoints points, int[] chosen, int leafSize) {
    int n = chosen.length;
    this.leafSize = leafSize;
    index = chosen.clone();
    x = new float[n];
    y = new float[n];
    z = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = points.x()[chosen[i]];
      y[i] = points.y()[chosen[i]];
      z[i] = points.z()[chosen[i]];
    }
    int capacity = Math.max(15, 4 * (n / leafSize + 1));
    from = new int[capacity];
    to = new int[capacity];
    right = new int[capacity];
    low = new float[3 * capacity];
    high = new float[3 * capacity];
    build(0, n, 0);
    spareX = spareY = spareZ = new float[0];
    spareIndex = new int[0];
  }

  /** All points of the caller's arrays. */
  static int[] all(int size) {
    int[] all = new int[size];
    for (int i = 0; i < size; i++) {
      all[i] = i;
    }
    return all;
  }

  int nodes() {
    return nodes;
  }

  private int build(int begin, int end, int depth) {
    int node = nodes++;
    if (node == from.length) {
      grow();
    }
    from[node] = begin;
    to[node] = end;
    right[node] = -1;
    box(node, x, 0, begin, end);
    box(node, y, 1, begin, end);
    box(node, z, 2, begin, end);
    float wx = high[3 * node] - low[3 * node];
    float wy = high[3 * node + 1] - low[3 * node + 1];
    float wz = high[3 * node + 2] - low[3 * node + 2];
    if (end - begin <= leafSize || depth == DEEPEST) {
      return node;
    }
    float[] key = wx >= wy ? (wx >= wz ? x : z) : (wy >= wz ? y : z);
    int middle = split(key, mean(key, begin, end), begin, end);
    if (middle == begin || middle == end) {
      return node;
    }
    build(begin, middle, depth + 1);
    right[node] = build(middle, end, depth + 1);
    return node;
  }

  private void grow() {
    int capacity = 2 * from.length;
    from = Arrays.copyOf(from, capacity);
    to = Arrays.copyOf(to, capacity);
    right = Arrays.copyOf(right, capacity);
    low = Arrays.copyOf(low, 3 * capacity);
    high = Arrays.copyOf(high, 3 * capacity);
  }

  private void box(int node, float[] values, int axis, int begin, int end) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (int i = begin; i < end; i++) {
      least = Math.min(least, values[i]);
      most = Math.max(most, values[i]);
    }
    low[3 * node + axis] = least;
    high[3 * node + axis] = most;
  }

  /** The mean of up to a thousand values evenly spread over a range. */
  private static float mean(float[] values, int begin, int end) {
    int step = Math.max(1, (end - begin) / SAMPLES);
    double sum = 0;
    int count = 0;
    for (int i = begin; i < end; i += step) {
      sum += values[i];
      count++;
    }
    return (float) (sum / count);
  }

  /**
   * Moves the points below the value to the front, in order, and returns where the others begin.
   */
  private int split(float[] key, float value, int begin, int end) {
    if (spareIndex.length < end - begin) {
      spareX = new float[end - begin];
      spareY = new float[end - begin];
      spareZ = new float[end - begin];
      spareIndex = new int[end - begin];
    }
    int left = begin;
    int rest = 0;
    for (int i = begin; i < end; i++) {
      float px = x[i];
      float py = y[i];
      float pz = z[i];
      int number = index[i];
      // Both places are written and one pointer moves: no branch to mispredict.
      int below = key[i] < value ? 1 : 0;
      x[left] = px;
      y[left] = py;
      z[left] = pz;
      index[left] = number;
      spareX[rest] = px;
      spareY[rest] = py;
      spareZ[rest] = pz;
      spareIndex[rest] = number;
      left += below;
      rest += 1 - below;
    }
    System.arraycopy(spareX, 0, x, left, rest);
    System.arraycopy(spareY, 0, y, left, rest);
    System.arraycopy(spareZ, 0, z, left, rest);
    System.arraycopy(spareIndex, 0, index, left, rest);
    return left;
  }

  /** The squared distance from a place to a node's box; 0 inside. */
  float boxDistance(int node, float px, float py, float pz) {
    int at = 3 * node;
    return FloatPoints.squared(
        outside(px, low[at], high[at]),
        outside(py, low[at + 1], high[at + 1]),
        outside(pz, low[at + 2], high[at + 2]));
  }

  private static float outside(float value, float least, float most) {
    return value < least ? least - value : value > most ? value - most : 0;
  }
}
