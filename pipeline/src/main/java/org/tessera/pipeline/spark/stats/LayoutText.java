package org.tessera.pipeline.spark.stats;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.tessera.model.bundle.TokenLayout;

/** A layout in a form that crosses to executors. */
final class LayoutText implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String[] axes;
  private final int[] shape;
  private final int[] radices;
  private final String slotAxis;
  private final int[] scales;

  private LayoutText(TokenLayout layout) {
    axes = layout.axes().toArray(String[]::new);
    shape = ints(layout.shape());
    radices = ints(layout.radices());
    slotAxis = layout.slotAxis();
    scales = ints(layout.scales());
  }

  static LayoutText of(TokenLayout layout) {
    return new LayoutText(layout);
  }

  TokenLayout layout() {
    return new TokenLayout(List.of(axes), list(shape), list(radices), slotAxis, list(scales));
  }

  private static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  private static List<Integer> list(int[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
