package org.tessera.udf.points.geometry;

import org.tessera.udf.points.read.Deadline;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.SampleException;

/**
 * The k nearest points of places, nearest first, ties to the lowest index. Distances are floats,
 * {@code (dx² + dy²) + dz²} without fused multiply-add. Small searches compare all, large ones use
 * a k-d tree; both give the same. Not thread-safe.
 */
public final class NearestPoints {
  private static final int LEAF = 32;
  private static final long PLAIN = 20_000;
  private static final int CHECK_EVERY = 256;

  private final FloatPoints points;
  private final int k;
  private final int[] best;
  private final float[] distance;
  private int found;
  private float[] all = new float[0];
  private PointTree tree;
  private float px;
  private float py;
  private float pz;

  private NearestPoints(FloatPoints points, int k) {
    this.points = points;
    this.k = k;
    this.best = new int[k];
    this.distance = new float[k];
  }

  /**
   * The neighbours of every place.
   *
   * @param points where to search
   * @param places whose neighbours to find
   * @param k how many, at most as many as there are points
   * @return k indices per place
   * @throws SampleException when the time is over
   */
  public static int[] of(FloatPoints points, FloatPoints places, int k, Deadline deadline)
      throws SampleException {
    if (k < 1 || k > points.size()) {
      throw new IllegalArgumentException(
          "Cannot find " + k + " neighbours among " + points.size() + " points (ask for fewer)");
    }
    NearestPoints search = new NearestPoints(points, k);
    boolean plain = (long) points.size() * places.size() <= PLAIN || k > points.size() / 8;
    if (plain) {
      search.all = new float[points.size()];
    } else {
      search.tree = new PointTree(points, PointTree.all(points.size()), LEAF);
    }
    int[] out = new int[Math.multiplyExact(k, places.size())];
    for (int i = 0; i < places.size(); i++) {
      if (i % CHECK_EVERY == 0) {
        deadline.check(Phase.FRONTEND);
      }
      search.px = places.x()[i];
      search.py = places.y()[i];
      search.pz = places.z()[i];
      search.found = 0;
      if (plain) {
        search.plain();
      } else {
        search.visit(0);
      }
      System.arraycopy(search.best, 0, out, k * i, k);
    }
    return out;
  }

  private void plain() {
    distances(points.x(), points.y(), points.z(), px, py, pz, all);
    int first = Math.min(k, all.length);
    for (int i = 0; i < first; i++) {
      insert(all[i], i);
    }
    float worst = distance[k - 1];
    for (int i = first; i < all.length; i++) {
      // Equal distances later in the array have higher indices and lose.
      if (all[i] < worst) {
        insert(all[i], i);
        worst = distance[k - 1];
      }
    }
  }

  private static void distances(
      float[] x, float[] y, float[] z, float px, float py, float pz, float[] out) {
    for (int i = 0; i < out.length; i++) {
      float dx = x[i] - px;
      float dy = y[i] - py;
      float dz = z[i] - pz;
      out[i] = dx * dx + dy * dy + dz * dz;
    }
  }

  /** Puts a point in its place among the best; the caller knows that it belongs there. */
  private void insert(float value, int index) {
    int at = found < k ? found++ : k - 1;
    while (at > 0
        && (distance[at - 1] > value || distance[at - 1] == value && best[at - 1] > index)) {
      distance[at] = distance[at - 1];
      best[at] = best[at - 1];
      at--;
    }
    distance[at] = value;
    best[at] = index;
  }

  private void visit(int node) {
    int right = tree.right[node];
    if (right < 0) {
      leaf(node);
      return;
    }
    float toLeft = tree.boxDistance(node + 1, px, py, pz);
    float toRight = tree.boxDistance(right, px, py, pz);
    boolean leftFirst = toLeft <= toRight;
    if (reaches(leftFirst ? toLeft : toRight)) {
      visit(leftFirst ? node + 1 : right);
    }
    if (reaches(leftFirst ? toRight : toLeft)) {
      visit(leftFirst ? right : node + 1);
    }
  }

  private boolean reaches(float box) {
    return found < k || box <= distance[k - 1];
  }

  private void leaf(int node) {
    for (int i = tree.from[node]; i < tree.to[node]; i++) {
      float value = FloatPoints.squared(tree.x[i] - px, tree.y[i] - py, tree.z[i] - pz);
      if (found < k
          || value < distance[k - 1]
          || value == distance[k - 1] && tree.index[i] < best[k - 1]) {
        insert(value, tree.index[i]);
      }
    }
  }

  /**
   * The squared distance of each place to its nearest point.
   *
   * @throws SampleException when the time is over
   */
  public static float[] squaredDistances(FloatPoints points, FloatPoints places, Deadline deadline)
      throws SampleException {
    int[] nearest = of(points, places, 1, deadline);
    float[] squared = new float[places.size()];
    for (int i = 0; i < squared.length; i++) {
      int at = nearest[i];
      squared[i] =
          FloatPoints.squared(
              points.x()[at] - places.x()[i],
              points.y()[at] - places.y()[i],
              points.z()[at] - places.z()[i]);
    }
    return squared;
  }
}
