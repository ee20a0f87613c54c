package org.tessera.model.quantize.graph;

import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Stack;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * The codes of rows in a graph.
 *
 * @param ids {@code [rows, idsPerVector]}
 * @param errors {@code [rows, errorsPerVector]}
 * @param vectors what the ids stand for, {@code [rows, decoded dimensions]}; null when the family
 *     cannot decode
 */
public record BlockCodes(Operand<TInt32> ids, Operand<TFloat32> errors, Operand<TFloat32> vectors) {
  /** From one column of {@code rows} values for each slot and each error. */
  public static BlockCodes of(
      Ops tf,
      List<Operand<TInt32>> ids,
      List<Operand<TFloat32>> errors,
      Operand<TFloat32> vectors) {
    return new BlockCodes(tf.stack(ids, Stack.axis(1L)), tf.stack(errors, Stack.axis(1L)), vectors);
  }
}
