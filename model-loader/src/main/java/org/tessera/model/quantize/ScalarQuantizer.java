package org.tessera.model.quantize;

import java.util.Arrays;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** A family with one id for each dimension, called {@code channel}. */
abstract class ScalarQuantizer extends FamilyQuantizer {
  private final int dimensions;
  private final int radix;

  ScalarQuantizer(int dimensions, int radix) {
    this.dimensions = dimensions;
    this.radix = radix;
  }

  @Override
  public final int[] latentShape() {
    return new int[] {dimensions};
  }

  @Override
  public final int idsPerVector() {
    return dimensions;
  }

  @Override
  public final int[] radices() {
    int[] radices = new int[dimensions];
    Arrays.fill(radices, radix);
    return radices;
  }

  @Override
  public final String slotAxis() {
    return "channel";
  }

  @Override
  public final int errorsPerVector() {
    return dimensions;
  }

  /** Rounds half to even or half up. */
  static float round(float value, boolean halfUp) {
    return (float) (halfUp ? Math.floor(value + 0.5f) : Math.rint(value));
  }

  /** As {@link #round(float, boolean)}, in a graph. */
  static Operand<TFloat32> round(Ops tf, Operand<TFloat32> values, boolean halfUp) {
    return halfUp ? tf.math.floor(tf.math.add(values, tf.constant(0.5f))) : tf.math.round(values);
  }

  static Operand<TInt32> toIds(Ops tf, Operand<TFloat32> values) {
    return tf.dtypes.cast(values, TInt32.class);
  }

  static Operand<TFloat32> toFloats(Ops tf, Operand<TInt32> ids) {
    return tf.dtypes.cast(ids, TFloat32.class);
  }
}
