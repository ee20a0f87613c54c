package org.tessera.model.tokenizer;

import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ModelException;

/** The shape that a manifest gives a tensor. */
final class Shapes {
  private Shapes() {}

  /** The extents that the manifest wants, the batch's open. */
  static long[] open(TensorSpec spec) {
    return LongStream.concat(LongStream.of(-1), spec.shape().stream().mapToLong(Integer::longValue))
        .toArray();
  }

  /**
   * The extents that the manifest wants for an array of these extents.
   *
   * @param shape the array's extents, batch axis first
   */
  static long[] of(TensorSpec spec, long[] shape) {
    List<Integer> wanted = spec.shape();
    if (wanted.isEmpty()) {
      return shape;
    }
    long size = 1;
    for (int i = 1; i < shape.length; i++) {
      size *= shape[i];
    }
    long known = 1;
    for (int extent : wanted) {
      known *= extent < 0 ? 1 : extent;
    }
    boolean open = wanted.contains(-1);
    if (shape.length == 0 || size % known != 0 || (!open && size != known)) {
      throw new ModelException(
          "Cannot reshape "
              + Arrays.toString(shape)
              + " for "
              + spec.tensor()
              + ": the manifest says "
              + wanted
              + " after the batch axis");
    }
    long[] reshaped = new long[wanted.size() + 1];
    reshaped[0] = shape[0];
    for (int i = 0; i < wanted.size(); i++) {
      reshaped[i + 1] = wanted.get(i) < 0 ? size / known : wanted.get(i);
    }
    return reshaped;
  }
}
