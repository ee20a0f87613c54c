package org.tessera.model.bundle;

import java.util.List;

/**
 * What the axes of a token array mean, outermost first.
 *
 * @param axes names such as {@code level}, {@code row}, {@code column}, {@code time}
 * @param shape the extent of each axis; -1 where it varies by sample
 */
public record TokenLayout(List<String> axes, List<Integer> shape) {
  public TokenLayout {
    axes = List.copyOf(axes);
    shape = List.copyOf(shape);
  }
}
