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
  public int[] decodedShape() {
    return latentShape();
  }

  @Override
  public final int dimensions() {
    return product(latentShape());
  }

  @Override
  public final int decodedDimensions() {
    return product(decodedShape());
  }

  @Override
  public boolean droppable() {
    return false;
  }

  @Override
  public boolean decodable() {
    return true;
  }

  /** The rows that the graph quantizes at once; never depends on the batch. */
  int blockRows() {
    return 256;
  }

  /** The length of {@link #constants}. */
  int constantCount() {
    return 0;
  }

  /**
   * What {@link #encodeBlock} needs besides the rows, e.g. codebooks, as constants of the graph.
   */
  List<Operand<?>> constants(Ops tf) {
    return List.of();
  }

  /**
   * Quantizes one block in a graph.
   *
   * @param rows {@code [rows, dimensions]}, a fixed number of rows
   * @param constants the {@link #constants}, as this graph sees them
   */
  abstract BlockCodes encodeBlock(Ops tf, Operand<TFloat32> rows, List<Operand<?>> constants);

  /**
   * Dequantizes in a graph.
   *
   * @param ids {@code [count, idsPerVector]}
   * @return {@code [count, decodedDimensions]}
   */
  abstract Operand<TFloat32> decodeRows(Ops tf, Operand<TInt32> ids);

  /**
   * The quantizer of the first ids of a vector: it gives them as this one does, and computes no
   * more than they need.
   *
   * @param count how many ids, from 1
   * @throws IllegalArgumentException when the first ids mean nothing alone
   */
  FamilyQuantizer first(int count) {
    if (count == idsPerVector()) {
      return this;
    }
    throw new IllegalArgumentException(
        idsPerVector()
            + " ids of a vector stand for its parts, and the first "
            + count
            + " for nothing (keep all; levels of residual and parallel quantizers, scales of"
            + " multi_scale ones and positions can be cut)");
  }

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

  static int product(int[] shape) {
    int size = 1;
    for (int extent : shape) {
      size = Math.multiplyExact(size, extent);
    }
    return size;
  }
}
