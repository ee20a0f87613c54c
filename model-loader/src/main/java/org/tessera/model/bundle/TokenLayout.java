package org.tessera.model.bundle;

import java.util.List;

/**
 * What the axes of a token array mean, outermost first, and which codebook each id belongs to.
 * Immutable and thread-safe.
 *
 * @param axes names such as {@code level}, {@code row}, {@code column}, {@code time}, {@code
 *     group}, {@code position}
 * @param shape the extent of each axis; -1 where it varies by sample
 * @param radices the number of codes of each slot along {@code slotAxis}; one number when all ids
 *     share it; none of an encoder without a quantizer
 * @param slotAxis the axis along which the codebook changes ({@code level}, {@code group}, ...);
 *     empty when there is one codebook
 * @param scales for pyramids, how many positions each scale has, coarse first; else empty
 */
public record TokenLayout(
    List<String> axes,
    List<Integer> shape,
    List<Integer> radices,
    String slotAxis,
    List<Integer> scales) {
  public TokenLayout {
    axes = List.copyOf(axes);
    shape = List.copyOf(shape);
    radices = List.copyOf(radices);
    scales = List.copyOf(scales);
    if (axes.isEmpty() || axes.size() != shape.size()) {
      throw new IllegalArgumentException(
          "Cannot use layout axes " + axes + " with shape " + shape + " (give one extent an axis)");
    }
    if (radices.stream().anyMatch(radix -> radix < 1)) {
      throw new IllegalArgumentException(
          "Cannot use layout radices " + radices + " (give the number of codes of each slot)");
    }
    if (!slotAxis.isEmpty() && !axes.contains(slotAxis)) {
      throw new IllegalArgumentException(
          "Cannot use slot axis " + slotAxis + ": the layout has the axes " + axes);
    }
    if (slotAxis.isEmpty() && radices.size() > 1) {
      throw new IllegalArgumentException(
          "Cannot use " + radices.size() + " radices without a slot axis (name the axis)");
    }
  }

  /** The number of slots: 1 when there is no slot axis. */
  public int slots(int[] sampleShape) {
    return slotAxis.isEmpty() ? 1 : sampleShape[axes.indexOf(slotAxis)];
  }

  /**
   * The distance in the flat array from one slot to the next; with {@link #slots} it gives the slot
   * of flat index {@code i}: {@code (i / stride) % slots}.
   */
  public int slotStride(int[] sampleShape) {
    int stride = 1;
    for (int axis = axes.size() - 1; axis >= 0 && !axes.get(axis).equals(slotAxis); axis--) {
      stride *= sampleShape[axis];
    }
    return stride;
  }

  /** The number of codes of a slot. */
  public int radix(int slot) {
    return radices.size() == 1 ? radices.get(0) : radices.get(slot);
  }
}
