package org.tessera.udf.encode;

import java.util.SortedMap;
import org.tessera.model.engine.ModelException;

/**
 * The tokens of a segment that are its own: those at its ends that its neighbours tell better are
 * dropped, and those beyond the signal's end. With T tokens between the ends, a hop of H frames and
 * N frames in the signal, floor(N / H · T) tokens stay of all segments together.
 *
 * @param from the first token to keep
 * @param kept how many
 */
record TokenTrim(int from, int kept) {
  /** Whether a segment's geometry asks for it. */
  static boolean isWanted(SortedMap<String, Object> geometry) {
    return geometry.containsKey("trim_front");
  }

  /**
   * The range to keep along the axis {@code time}.
   *
   * @throws ModelException when the layout has no such axis, or fewer tokens than are dropped
   */
  static TokenTrim of(SortedMap<String, Object> geometry, int[] shape, int timeAxis) {
    int front = number(geometry, "trim_front").intValue();
    int back = number(geometry, "trim_back").intValue();
    if (timeAxis < 0 || shape[timeAxis] <= front + back) {
      throw new ModelException(
          "Cannot drop "
              + front
              + " tokens in front and "
              + back
              + " at the back of a segment: "
              + (timeAxis < 0
                  ? "the layout has no axis time (name it in layout.axes)"
                  : "it has " + shape[timeAxis] + " (fix trim_front and trim_back)"));
    }
    int own = shape[timeAxis] - front - back;
    if (!geometry.containsKey("signal_end")) {
      return new TokenTrim(front, own);
    }
    double hops =
        number(geometry, "signal_end").doubleValue()
            / number(geometry, "segment_hop").doubleValue();
    long before = number(geometry, "segment_number").longValue() * own;
    long left = (long) Math.floor(hops * own) - before;
    return new TokenTrim(front, (int) Math.max(0, Math.min(own, left)));
  }

  /** The ids in the range, row-major over the shape with the range's length. */
  int[] apply(int[] ids, int[] shape, int timeAxis) {
    int inner = 1;
    for (int axis = timeAxis + 1; axis < shape.length; axis++) {
      inner *= shape[axis];
    }
    int block = shape[timeAxis] * inner;
    int outer = block == 0 ? 0 : ids.length / block;
    int[] result = new int[outer * kept * inner];
    for (int i = 0; i < outer; i++) {
      System.arraycopy(ids, i * block + from * inner, result, i * kept * inner, kept * inner);
    }
    return result;
  }

  private static Number number(SortedMap<String, Object> geometry, String name) {
    return (Number) geometry.get(name);
  }
}
