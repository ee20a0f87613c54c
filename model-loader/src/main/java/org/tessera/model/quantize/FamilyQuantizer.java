package org.tessera.model.quantize;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tessera.model.quantize.graph.BlockCodes;

/** A family: the reference form and, on blocks of rows, the graph form. */
abstract class FamilyQuantizer implements Quantizer {
  @Override
  public int dimensions() {
    int size = 1;
    for (int extent : latentShape()) {
      size *= extent;
    }
    return size;
  }

  /** The rows that the graph quantizes at once; never depends on the batch. */
  int blockRows() {
    return 256;
  }

  /**
   * What {@link #encodeBlock} needs besides the rows, e.g. codebooks, as constants of the graph.
   */
  abstract List<Operand<?>> constants(Ops tf);

  /**
   * Quantizes one block in a graph.
   *
   * @param rows {@code [blockRows, dimensions]}
   * @param constants the constants, as this graph sees them
   */
  abstract BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants);

  /**
   * Dequantizes in a graph.
   *
   * @param ids {@code [count, idsPerVector]}
   * @return {@code [count, dimensions]}
   */
  abstract Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids);

  /** Fails for the first id outside its radix. */
  final void checkIds(int[] ids, int count) {
    int[] radices = radices();
    int lowest = droppable() ? -1 : 0;
    for (int i = 0; i < count * radices.length; i++) {
      int slot = i % radices.length;
      if (ids[i] < lowest || ids[i] >= radices[slot]) {
        throw new IllegalArgumentException(
            "Cannot decode id "
                + ids[i]
                + " in slot "
                + slot
                + " of vector "
                + i / radices.length
                + " (ids there go from "
                + lowest
                + " to "
                + (radices[slot] - 1)
                + ")");
      }
    }
  }
}
