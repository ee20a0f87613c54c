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

  /**
   * Counts a sample's ids into one counter per slot.
   *
   * @param ids row-major over {@code shape}
   * @throws IllegalArgumentException when ids and shape do not fit each other or the layout
   */
  public void count(int[] ids, int[] shape, CodebookCounts[] counts) {
    check(ids, shape);
    if (axis.equals("codebook")) {
      counts[0].add(ids, 0, ids.length);
    } else if (layout.slotAxis().isEmpty()) {
      countScales(ids, counts);
    } else {
      countSlots(ids, shape, counts);
    }
  }

  private void check(int[] ids, int[] shape) {
    long size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    if (shape.length != layout.axes().size() || size != ids.length) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot count %d ids of shape %s: the layout has the axes %s (run verify)",
              ids.length, Arrays.toString(shape), layout.axes()));
    }
  }

  private void countSlots(int[] ids, int[] shape, CodebookCounts[] counts) {
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
        counts[slot].add(ids, slot, ids.length, slots);
      } else {
        for (int start = slot * stride; start < ids.length; start += block) {
          counts[slot].add(ids, start, start + stride);
        }
      }
    }
  }

  /** Scales follow each other along the last axis; a prefix of them may be kept. */
  private void countScales(int[] ids, CodebookCounts[] counts) {
    int start = 0;
    for (int scale = 0; scale < radices.length && start < ids.length; scale++) {
      int end = Math.min(ids.length, start + layout.scales().get(scale));
      counts[scale].add(ids, start, end);
      start = end;
    }
    if (start != ids.length) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot count %d ids: the scales %s hold %d (run verify)",
              ids.length, layout.scales(), start));
    }
  }
}
