package org.tessera.udf.points.geometry;

import java.util.Arrays;
import org.tessera.udf.points.read.Deadline;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.SampleException;

/**
 * Farthest-point sampling. It begins with point 0; each further point is the one whose squared
 * distance to the nearest chosen point is greatest, ties to the lowest index (strict {@code >} in
 * the reference loop of Pointnet2_PyTorch's {@code furthest_point_sampling_kernel}). Distances are
 * floats, {@code (dx² + dy²) + dz²} without fused multiply-add. When no point is apart from the
 * chosen ones, the lowest index is repeated.
 *
 * <p>Large clouds are searched through a k-d tree of buckets that skips those a new point cannot
 * change (after QuickFPS, Han et al. 2023); the result is exactly that of the plain loop.
 */
public final class FarthestPoints {
  /** Which points can be chosen. */
  public enum Candidates {
    /** All of them. */
    ALL,
    /**
     * Not those with |p|² ≤ 1e-3: what the kernel behind Point-BERT passes over. Point 0 is chosen
     * first all the same.
     */
    AWAY_FROM_ORIGIN
  }

  private static final int BLOCK = 256;
  private static final int FEW = 64;
  private static final int SMALL = 1024;
  private static final int CHECK_EVERY = 64;

  private FarthestPoints() {}

  /**
   * The indices of the chosen points, in the order of choice.
   *
   * @param count how many, at least 1
   * @throws SampleException when the time is over
   */
  public static int[] select(
      FloatPoints points, int count, Candidates candidates, Deadline deadline)
      throws SampleException {
    if (points.size() == 0 || count < 1) {
      throw new IllegalArgumentException(
          "Cannot choose " + count + " of " + points.size() + " points (both must be at least 1)");
    }
    int[] chosen = candidates(points, candidates);
    int[] out = new int[count];
    if (chosen.length == 0 || count == 1) {
      return out;
    }
    if (count <= FEW || chosen.length <= SMALL) {
      blocks(points, chosen, out, deadline);
    } else {
      new Buckets(points, chosen).run(points, out, deadline);
    }
    return out;
  }

  private static int[] candidates(FloatPoints points, Candidates candidates) {
    int[] all = PointTree.all(points.size());
    if (candidates == Candidates.ALL) {
      return all;
    }
    int count = 0;
    for (int i = 0; i < all.length; i++) {
      float norm = FloatPoints.squared(points.x()[i], points.y()[i], points.z()[i]);
      if (norm > 1e-3) {
        all[count++] = i;
      }
    }
    return Arrays.copyOf(all, count);
  }

  /** The plain loop, with the maximum kept by block so that both halves run on vectors. */
  private static void blocks(FloatPoints points, int[] chosen, int[] out, Deadline deadline)
      throws SampleException {
    boolean whole = chosen.length == points.size();
    float[] x = whole ? points.x() : gather(points.x(), chosen);
    float[] y = whole ? points.y() : gather(points.y(), chosen);
    float[] z = whole ? points.z() : gather(points.z(), chosen);
    int n = chosen.length;
    float[] nearest = new float[n];
    Arrays.fill(nearest, Float.POSITIVE_INFINITY);
    for (int i = 1; i < out.length; i++) {
      if (i % CHECK_EVERY == 0) {
        deadline.check(Phase.FRONTEND);
      }
      int last = out[i - 1];
      float px = points.x()[last];
      float py = points.y()[last];
      float pz = points.z()[last];
      float best = -1;
      int bestBlock = 0;
      for (int begin = 0; begin < n; begin += BLOCK) {
        int end = Math.min(n, begin + BLOCK);
        update(x, y, z, nearest, begin, end, px, py, pz);
        float most = most(nearest, begin, end);
        if (most > best) {
          best = most;
          bestBlock = begin;
        }
      }
      int at = bestBlock;
      while (nearest[at] != best) {
        at++;
      }
      out[i] = chosen[at];
    }
  }

  private static float[] gather(float[] values, int[] chosen) {
    float[] some = new float[chosen.length];
    for (int i = 0; i < some.length; i++) {
      some[i] = values[chosen[i]];
    }
    return some;
  }

  private static void update(
      float[] x,
      float[] y,
      float[] z,
      float[] nearest,
      int begin,
      int end,
      float px,
      float py,
      float pz) {
    for (int i = begin; i < end; i++) {
      float dx = x[i] - px;
      float dy = y[i] - py;
      float dz = z[i] - pz;
      nearest[i] = Math.min(nearest[i], dx * dx + dy * dy + dz * dz);
    }
  }

  private static float most(float[] values, int begin, int end) {
    float most = 0;
    for (int i = begin; i < end; i++) {
      most = Math.max(most, values[i]);
    }
    return most;
  }

  /** One run over a tree of buckets; not thread-safe. */
  private static final class Buckets {
    private final PointTree tree;
    private final float[] nearest;

    /** By node, the greatest value of {@link #nearest} in it. */
    private final float[] most;

    private float px;
    private float py;
    private float pz;
    private int best;

    Buckets(FloatPoints points, int[] chosen) {
      int n = chosen.length;
      tree = new PointTree(points, chosen, Math.max(BLOCK, Math.min(4 * BLOCK, n >> 10)));
      nearest = new float[n];
      most = new float[tree.nodes()];
      Arrays.fill(nearest, Float.POSITIVE_INFINITY);
      Arrays.fill(most, Float.POSITIVE_INFINITY);
    }

    void run(FloatPoints points, int[] out, Deadline deadline) throws SampleException {
      for (int i = 1; i < out.length; i++) {
        if (i % CHECK_EVERY == 0) {
          deadline.check(Phase.FRONTEND);
        }
        px = points.x()[out[i - 1]];
        py = points.y()[out[i - 1]];
        pz = points.z()[out[i - 1]];
        visit(0);
        best = Integer.MAX_VALUE;
        find(0, most[0]);
        out[i] = best;
      }
    }

    private void visit(int node) {
      if (tree.boxDistance(node, px, py, pz) >= most[node]) {
        return;
      }
      int right = tree.right[node];
      if (right < 0) {
        int begin = tree.from[node];
        int end = tree.to[node];
        update(tree.x, tree.y, tree.z, nearest, begin, end, px, py, pz);
        most[node] = most(nearest, begin, end);
      } else {
        visit(node + 1);
        visit(right);
        most[node] = Math.max(most[node + 1], most[right]);
      }
    }

    /** Finds the lowest index among the points with the greatest distance. */
    private void find(int node, float value) {
      if (most[node] != value) {
        return;
      }
      int right = tree.right[node];
      if (right >= 0) {
        find(node + 1, value);
        find(right, value);
        return;
      }
      for (int i = tree.from[node]; i < tree.to[node]; i++) {
        if (nearest[i] == value) {
          best = Math.min(best, tree.index[i]);
          return;
        }
      }
    }
  }
}
