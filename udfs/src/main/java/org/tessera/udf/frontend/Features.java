package org.tessera.udf.frontend;

import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/** One sample's model input: a dense row-major array. Immutable and thread-safe. */
public interface Features {
  ElementType type();

  /** The extents without the batch axis, outermost first. */
  int[] shape();

  /** Copies the values into a batch tensor, from element {@code index} on. */
  void writeTo(NativeTensor batch, long index);

  /** A copy of the values as little-endian bytes, of the type's size each. */
  byte[] toBytes();

  /** A copy of the values as floats, e.g. for fitting a codebook. */
  float[] toFloats();
}
