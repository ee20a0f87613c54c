package org.tessera.pipeline.stats;

import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.TokenLayout;

/**
 * Which codebook each id of a sample belongs to: the layout's slots, or its scales when it is a
 * pyramid without slots. Immutable and thread-safe.
 */
public final class SlotLayout {
  private final TokenLayout layout;
  private final String axis;
  private final int[] radices;

  /**
   * The slots of a layout.
   *
   * @throws IllegalArgumentException when the number of slots varies by sample and is not bounded
   */
  public SlotLayout(TokenLayout layout) {
    this.layout = layout;
    if (!layout.slotAxis().isEmpty()) {
      axis = layout.slotAxis();
      radices = new int[slots(layout)];
      for (int slot = 0; slot < radices.length; slot++) {
        radices[slot] = layout.radix(slot);
      }
    } else if (!layout.scales().isEmpty()) {
      axis = "scale";
      radices = new int[layout.scales().size()];
      Arrays.fill(radices, layout.radix(0));
    } else {
      axis = "codebook";
      radices = new int[] {layout.radix(0)};
    }
  }

  private static int slots(TokenLayout layout) {
    int extent = layout.shape().get(layout.axes().indexOf(layout.slotAxis()));
    if (extent < 1 && layout.radices().size() == 1) {
      throw new IllegalArgumentException(
          "Cannot count by "
              + layout.slotAxis()
              + ": the layout does not say how many there are (give its shape or one radix each)");
    }
    return extent < 1 ? layout.radices().size() : extent;
  }

  /** What tells the slots apart: {@code level}, {@code group}, {@code scale}, or codebook. */
  public String axis() {
    return axis;
  }

  /** The number of slots. */
  public int slots() {
    return radices.length;
  }

  /** The number of codes of a slot. */
  public int radix(int slot) {
    return radices[slot];
  }

  /** The layout's axes, outermost first. */
  public List<String> axes() {
    return layout.axes();
  }

  /** Receives the places of one slot's ids: {@code from}, {@code from + step}, ... before to. */
  interface Runs {
    void run(int slot, int from, int to, int step);
  }

  /**
   * Says where the ids of each slot are, in row-major order of the other axes.
   *
   * @param from the index of the sample's first id
   * @param to the index after its last
   * @throws IllegalArgumentException when the ids do not fill the shape, or it is not the layout's
   */
  void runs(int from, int to, int[] shape, Runs runs) {
    check(to - from, shape);
    if (axis.equals("codebook")) {
      runs.run(0, from, to, 1);
    } else if (layout.slotAxis().isEmpty()) {
      scaleRuns(from, to, runs);
    } else {
      slotRuns(from, to, shape, runs);
    }
  }

  private void check(int length, int[] shape) {
    long size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    if (shape.length != layout.axes().size() || size != length) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot count %d ids of shape %s: the layout has the axes %s (run verify)",
              length, Arrays.toString(shape), layout.axes()));
    }
  }

  private void slotRuns(int from, int to, int[] shape, Runs runs) {
    int slots = layout.slots(shape);
    if (slots > radices.length) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot count %d slots of %s: the layout has %d (run verify)",
              slots, axis, radices.length));
    }
    int stride = layout.slotStride(shape);
    int block = stride * slots;
    for (int slot = 0; slot < slots; slot++) {
      if (stride == 1) {
        runs.run(slot, from + slot, to, slots);
      } else {
        for (int start = from + slot * stride; start < to; start += block) {
          runs.run(slot, start, start + stride, 1);
        }
      }
    }
  }

  /** Scales follow each other along the last axis; a prefix of them may be kept. */
  private void scaleRuns(int from, int to, Runs runs) {
    int start = from;
    for (int scale = 0; scale < radices.length && start < to; scale++) {
      int end = Math.min(to, start + layout.scales().get(scale));
      runs.run(scale, start, end, 1);
      start = end;
    }
    if (start != to) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot count %d ids: the scales %s hold %d (run verify)",
              to - from, layout.scales(), start - from));
    }
  }

  /** Whether all slots have an id at every position, so that they can be paired. */
  boolean slotsShareShape() {
    return !layout.slotAxis().isEmpty();
  }

  /**
   * The ids of each slot, in row-major order of the other axes.
   *
   * @return one array per slot; empty for a slot that the sample does not have
   */
  int[][] sequences(int[] ids, int from, int to, int[] shape) {
    int[][] sequences = new int[radices.length][];
    int[] lengths = new int[radices.length];
    runs(from, to, shape, (slot, start, end, step) -> lengths[slot] += length(start, end, step));
    for (int slot = 0; slot < sequences.length; slot++) {
      sequences[slot] = new int[lengths[slot]];
    }
    Arrays.fill(lengths, 0);
    runs(
        from,
        to,
        shape,
        (slot, start, end, step) -> {
          int[] out = sequences[slot];
          int at = lengths[slot];
          for (int i = start; i < end; i += step) {
            out[at++] = ids[i];
          }
          lengths[slot] = at;
        });
    return sequences;
  }

  private static int length(int from, int to, int step) {
    return to <= from ? 0 : (to - from + step - 1) / step;
  }

  /** The layout's extents; -1 where they vary by sample. */
  public List<Integer> shape() {
    return layout.shape();
  }
}
