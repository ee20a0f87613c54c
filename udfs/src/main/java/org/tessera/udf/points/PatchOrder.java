package org.tessera.udf.points;

import java.util.Arrays;
import org.tessera.udf.points.geometry.FloatPoints;

/**
 * An order of a patch's points in which the same place of the row means about the same place of the
 * patch: sorted by x and cut into halves (the first is larger by one when the number is odd), each
 * half sorted by y and cut, then by z, then by x again, until one point is left. Equal coordinates
 * keep the order they had. A codebook over rows is then not spent on permutations: with 512 codes
 * the Chamfer distance of decoded patches of plain shapes is 31 % below that of the order by
 * distance (patch_order.py among the test resources).
 */
final class PatchOrder {
  private final int[] points;
  private final float[][] coordinates;
  private final long[] keys;
  private final int[] before;

  private PatchOrder(int[] points, int size, FloatPoints all) {
    this.points = points;
    this.coordinates = new float[][] {all.x(), all.y(), all.z()};
    this.keys = new long[size];
    this.before = new int[size];
  }

  /**
   * Reorders every patch.
   *
   * @param points the indices of the patches' points, patch by patch
   * @param size points of a patch
   */
  static void halve(int[] points, int size, FloatPoints all) {
    PatchOrder order = new PatchOrder(points, size, all);
    for (int begin = 0; begin < points.length; begin += size) {
      order.halve(begin, begin + size, 0);
    }
  }

  private void halve(int begin, int end, int axis) {
    int size = end - begin;
    if (size < 2) {
      return;
    }
    for (int i = 0; i < size; i++) {
      before[i] = points[begin + i];
      keys[i] = (long) sortable(coordinates[axis][before[i]]) << 32 | i;
    }
    Arrays.sort(keys, 0, size);
    for (int i = 0; i < size; i++) {
      points[begin + i] = before[(int) keys[i]];
    }
    int middle = begin + (size + 1) / 2;
    halve(begin, middle, (axis + 1) % 3);
    halve(middle, end, (axis + 1) % 3);
  }

  /** An int that is ordered as the float is; both zeros are equal. */
  private static int sortable(float value) {
    int bits = Float.floatToRawIntBits(value + 0f);
    return bits ^ ((bits >> 31) & Integer.MAX_VALUE);
  }
}
