package org.tessera.model.quantize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.TokenLayout;

/**
 * The token layout that follows from a quantizer and the positions that a model gives vectors for.
 */
public final class QuantizerLayouts {
  private QuantizerLayouts() {}

  /** Where the axis stands that tells the ids of one vector apart. */
  public enum SlotOrder {
    /** Before the positions, e.g. {@code level, time}. */
    FIRST,
    /** Behind the positions, e.g. {@code row, column, group}. */
    LAST
  }

  /**
   * The layout of one sample's tokens.
   *
   * <p>The slot axis is the quantizer's, with its radices; a quantizer of one id a vector and no
   * axis for it adds none. For the multi-scale family there are no positions (its vector is the
   * whole map): the only axis is {@code position}, and the layout's scales are the quantizer's.
   *
   * @param positions the names of the positions' axes, e.g. {@code row, column}
   * @param extents the extent of each, -1 where it varies
   * @throws IllegalArgumentException when names and extents do not fit together
   */
  public static TokenLayout of(
      Quantizer quantizer, List<String> positions, List<Integer> extents, SlotOrder order) {
    List<String> axes = new ArrayList<>(positions);
    List<Integer> shape = new ArrayList<>(extents);
    String slotAxis = quantizer.slotAxis();
    List<Integer> radices = radices(quantizer);
    List<Integer> scales =
        quantizer instanceof MultiScaleQuantizer map ? map.scalePositions() : List.of();
    if (slotAxis.isEmpty()) {
      if (axes.isEmpty()) {
        axes.add("position");
        shape.add(1);
      }
      return new TokenLayout(axes, shape, radices, "", scales);
    }
    int at = order == SlotOrder.FIRST ? 0 : axes.size();
    axes.add(at, slotAxis);
    shape.add(at, quantizer.idsPerVector());
    return new TokenLayout(axes, shape, radices, scales.isEmpty() ? slotAxis : "", scales);
  }

  /** One number when all slots have equally many codes. */
  private static List<Integer> radices(Quantizer quantizer) {
    int[] radices = quantizer.radices();
    boolean equal = Arrays.stream(radices).allMatch(radix -> radix == radices[0]);
    return Arrays.stream(radices).limit(equal ? 1 : radices.length).boxed().toList();
  }
}
