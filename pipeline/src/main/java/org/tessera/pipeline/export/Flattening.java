package org.tessera.pipeline.export;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tessera.model.bundle.TokenLayout;

/**
 * Turns the ids of samples of one layout into sequences, and back. Not thread-safe: it keeps the
 * orders of the shapes that it met.
 */
public final class Flattening {
  private static final int KEPT_ORDERS = 256;

  private final TokenLayout layout;
  private final FlattenSpec spec;
  private final int slotAxis;
  private final int scaleAxis;
  private final Map<List<Integer>, FlatOrder> orders = new HashMap<>();

  /**
   * A flattening for a layout.
   *
   * @throws IllegalArgumentException when the layout has no levels, scales or axes of that name, or
   *     fewer than are to be kept
   */
  public Flattening(TokenLayout layout, FlattenSpec spec) {
    this.layout = layout;
    this.spec = spec;
    this.slotAxis = layout.slotAxis().isEmpty() ? -1 : layout.axes().indexOf(layout.slotAxis());
    this.scaleAxis = layout.scales().isEmpty() ? -1 : lastBut(slotAxis);
    check();
  }

  private int lastBut(int slot) {
    int last = layout.axes().size() - 1;
    return last == slot ? last - 1 : last;
  }

  private void check() {
    boolean needsLevels =
        spec.order() == FlattenOrder.LEVEL_MAJOR
            || spec.order() == FlattenOrder.INTERLEAVED
            || spec.order() == FlattenOrder.DELAY;
    if (needsLevels && slotAxis < 0) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot flatten %s: the layout %s has no levels (choose row-major)",
              spec.order().id(), layout.axes()));
    }
    if (spec.order() == FlattenOrder.SCALES && scaleAxis < 0) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot flatten by scales: the layout %s has none (choose row-major)",
              layout.axes()));
    }
    if (!spec.keepAxis().isEmpty()) {
      int extent = extent(spec.keepAxis(), "keep");
      if (extent >= 0 && extent < spec.keep()) {
        throw missing(extent);
      }
    }
    if (!spec.separatorAxis().isEmpty()) {
      extent(spec.separatorAxis(), "separate");
      if (spec.separatorAxis().equals(FlattenSpec.SCALE) && spec.order() != FlattenOrder.SCALES) {
        throw new IllegalArgumentException(
            "Cannot separate scales of the order "
                + spec.order().id()
                + " (choose the order scales)");
      }
    }
    if (!spec.delays().isEmpty()) {
      int levels = layout.shape().get(slotAxis);
      if (levels >= 0 && levels != spec.delays().size()) {
        throw wrongDelays(levels);
      }
    }
  }

  private int extent(String axis, String verb) {
    if (axis.equals(FlattenSpec.SCALE) && scaleAxis >= 0) {
      return layout.scales().size();
    }
    if (!layout.axes().contains(axis)) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot %s by %s: the layout has the axes %s%s",
              verb, axis, layout.axes(), scaleAxis < 0 ? "" : " and scale"));
    }
    return layout.shape().get(layout.axes().indexOf(axis));
  }

  private IllegalArgumentException missing(int extent) {
    return new IllegalArgumentException(
        String.format(
            "Cannot keep %d of %s: there are %d (keep at most that many)",
            spec.keep(), spec.keepAxis(), extent));
  }

  private IllegalArgumentException wrongDelays(int levels) {
    return new IllegalArgumentException(
        String.format(
            "Cannot delay %d levels by %s (give one delay for each level)", levels, spec.delays()));
  }

  /** The layout of the ids before. */
  public TokenLayout layout() {
    return layout;
  }

  /** What it does. */
  public FlattenSpec spec() {
    return spec;
  }

  /** The number of levels whose ids appear in sequences; -1 when it varies by sample. */
  public int levels() {
    if (slotAxis < 0) {
      return 1;
    }
    return spec.keepAxis().equals(layout.slotAxis()) ? spec.keep() : layout.shape().get(slotAxis);
  }

  /**
   * The order of the ids of a sample.
   *
   * @param shape the extents of the layout's axes
   * @throws IllegalArgumentException when the shape does not fit the layout, or lacks what is to be
   *     kept
   */
  public FlatOrder order(int[] shape) {
    List<Integer> key = Arrays.stream(shape).boxed().toList();
    FlatOrder order = orders.get(key);
    if (order == null) {
      if (orders.size() >= KEPT_ORDERS) {
        orders.clear();
      }
      order = make(shape);
      orders.put(key, order);
    }
    return order;
  }

  private FlatOrder make(int[] shape) {
    checkShape(shape);
    Walk walk = new Walk(shape, limits(shape));
    switch (spec.order()) {
      case ROW_MAJOR -> walk.nested(axesWithSlot(slotAxis, slotAxis));
      case LEVEL_MAJOR -> walk.nested(axesWithSlot(slotAxis, 0));
      case INTERLEAVED -> walk.nested(axesWithSlot(slotAxis, shape.length - 1));
      case DELAY -> walk.delayed(delays(walk.limits[slotAxis]));
      case SCALES -> walk.scales();
    }
    return walk.order();
  }

  private void checkShape(int[] shape) {
    boolean fits = shape.length == layout.axes().size();
    for (int i = 0; fits && i < shape.length; i++) {
      fits = layout.shape().get(i) < 0 ? shape[i] >= 0 : shape[i] == layout.shape().get(i);
      // A run may have kept only a prefix along any one axis.
      fits |= layout.shape().get(i) >= 0 && shape[i] >= 0 && shape[i] < layout.shape().get(i);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format(
              "Cannot flatten ids of shape %s: the layout %s has the shape %s (run verify)",
              Arrays.toString(shape), layout.axes(), layout.shape()));
    }
  }

  /** The extents of what is taken. */
  private int[] limits(int[] shape) {
    int[] limits = shape.clone();
    if (spec.keepAxis().equals(FlattenSpec.SCALE) && scaleAxis >= 0) {
      int kept = layout.scales().stream().limit(spec.keep()).mapToInt(Integer::intValue).sum();
      if (kept > shape[scaleAxis]) {
        throw missing(scalesIn(shape[scaleAxis]));
      }
      limits[scaleAxis] = kept;
    } else if (!spec.keepAxis().isEmpty()) {
      int axis = layout.axes().indexOf(spec.keepAxis());
      if (shape[axis] < spec.keep()) {
        throw missing(shape[axis]);
      }
      limits[axis] = spec.keep();
    }
    return limits;
  }

  private int scalesIn(int positions) {
    int scales = 0;
    for (int left = positions; scales < layout.scales().size(); scales++) {
      left -= layout.scales().get(scales);
      if (left < 0) {
        break;
      }
    }
    return scales;
  }

  private int[] delays(int levels) {
    int[] delays = new int[levels];
    if (!spec.delays().isEmpty() && spec.delays().size() != levels) {
      throw wrongDelays(levels);
    }
    for (int level = 0; level < levels; level++) {
      delays[level] = spec.delays().isEmpty() ? level : spec.delays().get(level);
    }
    return delays;
  }

  /** The axes in order, but the slot axis at {@code place} among them. */
  private int[] axesWithSlot(int slot, int place) {
    int[] axes = new int[layout.axes().size()];
    int other = 0;
    for (int i = 0; i < axes.length; i++) {
      if (other == slot) {
        other++;
      }
      axes[i] = slot >= 0 && i == place ? slot : other++;
    }
    return axes;
  }

  /** Visits the indices of one shape in an order. */
  private final class Walk {
    private final int[] limits;
    private final int[] strides;
    private final int size;
    private final IntList sources = new IntList();
    private final IntList slots = new IntList();
    private int[] axes;
    private int separator = -1;

    Walk(int[] shape, int[] limits) {
      this.limits = limits;
      this.strides = new int[shape.length];
      int stride = 1;
      for (int i = shape.length - 1; i >= 0; i--) {
        strides[i] = stride;
        stride = Math.multiplyExact(stride, shape[i]);
      }
      this.size = stride;
      if (!spec.separatorAxis().equals(FlattenSpec.SCALE)) {
        this.separator = layout.axes().indexOf(spec.separatorAxis());
      }
    }

    FlatOrder order() {
      return new FlatOrder(sources.toArray(), slots.toArray(), size);
    }

    void nested(int[] order) {
      axes = order;
      visit(0, 0, 0, 0, limits);
    }

    private void visit(int depth, int index, int slot, int from, int[] ends) {
      if (depth == axes.length) {
        sources.add(index);
        slots.add(slot);
        return;
      }
      int axis = axes[depth];
      for (int i = axis == scaleAxis ? from : 0; i < ends[axis]; i++) {
        visit(depth + 1, index + i * strides[axis], axis == slotAxis ? i : slot, from, ends);
        if (axis == separator) {
          add(FlatOrder.SEPARATOR);
        }
      }
    }

    private void add(int mark) {
      sources.add(mark);
      slots.add(-1);
    }

    void scales() {
      axes = axesWithSlot(slotAxis, limits.length - 1);
      int from = 0;
      for (int scale = 0; scale < layout.scales().size() && from < limits[scaleAxis]; scale++) {
        int to = from + layout.scales().get(scale);
        if (to > limits[scaleAxis]) {
          throw new IllegalArgumentException(
              String.format(
                  "Cannot flatten %d positions by scales: the scales %s do not end there"
                      + " (keep whole scales)",
                  limits[scaleAxis], layout.scales()));
        }
        int[] ends = limits.clone();
        ends[scaleAxis] = to;
        visit(0, 0, 0, from, ends);
        if (spec.separatorAxis().equals(FlattenSpec.SCALE)) {
          add(FlatOrder.SEPARATOR);
        }
        from = to;
      }
    }

    /** Steps run along the last axis that is not the levels'; outer axes one after another. */
    void delayed(int[] delays) {
      int stepAxis = limits.length == 1 ? -1 : lastBut(slotAxis);
      int outer = 1;
      for (int axis = 0; axis < limits.length; axis++) {
        outer *= axis == slotAxis || axis == stepAxis ? 1 : limits[axis];
      }
      for (int block = 0; block < outer; block++) {
        steps(start(block, stepAxis), stepAxis, delays);
      }
    }

    private int start(int block, int stepAxis) {
      int start = 0;
      int rest = block;
      for (int axis = limits.length - 1; axis >= 0; axis--) {
        if (axis != slotAxis && axis != stepAxis) {
          start += rest % limits[axis] * strides[axis];
          rest /= limits[axis];
        }
      }
      return start;
    }

    private void steps(int start, int stepAxis, int[] delays) {
      int steps = stepAxis < 0 ? 1 : limits[stepAxis];
      int stride = stepAxis < 0 ? 0 : strides[stepAxis];
      int all = steps == 0 ? 0 : steps + Arrays.stream(delays).max().orElse(0);
      for (int step = 0; step < all; step++) {
        for (int level = 0; level < delays.length; level++) {
          int at = step - delays[level];
          if (at < 0 || at >= steps) {
            sources.add(FlatOrder.PAD);
          } else {
            sources.add(start + at * stride + level * strides[slotAxis]);
          }
          slots.add(level);
        }
      }
    }
  }
}
