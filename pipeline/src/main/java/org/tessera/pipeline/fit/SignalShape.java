package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.List;

/**
 * What one sample looks like to the learned model: the features' element type and extents.
 * Immutable.
 *
 * @param bytes whether features are unsigned bytes, else 32-bit floats
 * @param extents the extents, -1 where samples differ
 */
record SignalShape(boolean bytes, List<Integer> extents) {
  SignalShape {
    extents = List.copyOf(extents);
  }

  static SignalShape of(Harvest harvest) {
    List<Integer> extents = new ArrayList<>();
    for (int extent : harvest.shape()) {
      extents.add(extent == Harvest.VARIES ? -1 : extent);
    }
    return new SignalShape(harvest.type().equals("UINT8"), extents);
  }

  /** The extents with the batch axis in front. */
  org.tensorflow.ndarray.Shape batched() {
    long[] all = new long[extents.size() + 1];
    all[0] = -1;
    for (int i = 0; i < extents.size(); i++) {
      all[i + 1] = extents.get(i);
    }
    return org.tensorflow.ndarray.Shape.of(all);
  }

  /** The number of positions of a sample when the last axis is a vector; -1 when samples differ. */
  int positions() {
    int positions = 1;
    for (int extent : extents.subList(0, extents.size() - 1)) {
      positions = positions < 0 || extent < 0 ? -1 : positions * extent;
    }
    return positions;
  }
}
