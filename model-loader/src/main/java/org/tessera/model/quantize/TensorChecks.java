package org.tessera.model.quantize;

import java.util.Arrays;
import org.tessera.model.npy.FloatTensor;

/** What is wrong with a tensor, in words that follow its name. */
final class TensorChecks {
  private TensorChecks() {}

  /** A fault, or null: the rank is not allowed, an extent is 0, or a value is not finite. */
  static String fault(FloatTensor tensor, int... ranks) {
    String shape = Arrays.toString(tensor.shape());
    if (Arrays.stream(ranks).noneMatch(rank -> rank == tensor.rank())) {
      return "has the shape "
          + shape
          + " (give "
          + String.join(" or ", Arrays.stream(ranks).mapToObj(String::valueOf).toList())
          + " axes)";
    }
    if (tensor.values().length == 0) {
      return "is empty: its shape is " + shape;
    }
    float[] values = tensor.values();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        return "holds "
            + values[i]
            + " at "
            + Arrays.toString(FloatTensor.index(i, tensor.shape()))
            + " (export it again with finite values)";
      }
    }
    return null;
  }
}
