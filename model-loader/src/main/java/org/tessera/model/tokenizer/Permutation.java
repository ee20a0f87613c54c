package org.tessera.model.tokenizer;

import java.util.List;

/** Moves the axes of a dense row-major array. */
final class Permutation {
  private Permutation() {}

  /** Whether nothing moves. */
  static boolean identity(int[] order) {
    for (int i = 0; i < order.length; i++) {
      if (order[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** For each axis of the target, the axis of the source that it comes from. */
  static int[] order(List<String> source, List<String> target) {
    return target.stream().mapToInt(source::indexOf).toArray();
  }

  static int[] shape(int[] source, int[] order) {
    int[] shape = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      shape[i] = source[order[i]];
    }
    return shape;
  }

  /**
   * Where each element of the target is found in the source, in target order.
   *
   * @param source the source's extents
   */
  static int[] gather(int[] source, int[] order) {
    int rank = order.length;
    int[] sourceStride = new int[rank];
    int size = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      sourceStride[axis] = size;
      size *= source[axis];
    }
    int[] positions = new int[size];
    int[] shape = shape(source, order);
    int[] index = new int[rank];
    int position = 0;
    for (int i = 0; i < size; i++) {
      positions[i] = position;
      for (int axis = rank - 1; axis >= 0; axis--) {
        int stride = sourceStride[order[axis]];
        position += stride;
        if (++index[axis] < shape[axis]) {
          break;
        }
        position -= stride * shape[axis];
        index[axis] = 0;
      }
    }
    return positions;
  }

  /** The elements in the target's order. */
  static float[] apply(float[] values, int[] source, int[] order) {
    int[] positions = gather(source, order);
    float[] moved = new float[positions.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = values[positions[i]];
    }
    return moved;
  }

  /** The elements in the target's order. */
  static int[] apply(int[] values, int[] source, int[] order) {
    int[] positions = gather(source, order);
    int[] moved = new int[positions.length];
    for (int i = 0; i < moved.length; i++) {
      moved[i] = values[positions[i]];
    }
    return moved;
  }
}
