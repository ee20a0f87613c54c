package org.tessera.model.engine;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a model says about one of its signatures. Immutable and thread-safe.
 *
 * @param name the signature's name
 * @param inputs its inputs by name
 * @param outputs its outputs by name
 */
public record ModelSignature(
    String name, SortedMap<String, TensorInfo> inputs, SortedMap<String, TensorInfo> outputs) {

  /**
   * One tensor of a signature.
   *
   * @param type the element type in Tessera's words ({@link ElementType#id}) or, where Tessera has
   *     none, in the model's
   * @param shape the extents, -1 where the model takes any; null when even the rank is open
   */
  public record TensorInfo(String type, List<Long> shape) {
    public TensorInfo {
      shape = shape == null ? null : List.copyOf(shape);
    }

    /** Whether an array of these extents fits. */
    public boolean accepts(long[] extents) {
      if (shape == null) {
        return true;
      }
      boolean fits = shape.size() == extents.length;
      for (int axis = 0; fits && axis < extents.length; axis++) {
        fits = shape.get(axis) < 0 || shape.get(axis) == extents[axis];
      }
      return fits;
    }

    @Override
    public String toString() {
      return type
          + (shape == null
              ? "[any shape]"
              : shape.stream()
                  .map(extent -> extent < 0 ? "?" : extent.toString())
                  .collect(Collectors.joining(", ", "[", "]")));
    }
  }

  public ModelSignature {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }

  @Override
  public String toString() {
    return (name.isEmpty() ? "" : name + ": ") + describe(inputs) + " -> " + describe(outputs);
  }

  private static String describe(SortedMap<String, TensorInfo> tensors) {
    return tensors.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
