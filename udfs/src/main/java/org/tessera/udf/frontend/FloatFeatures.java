package org.tessera.udf.frontend;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/** Features as 32-bit floats. The array is not copied and must not change any more. */
public final class FloatFeatures implements Features {
  private final float[] values;
  private final int[] shape;

  public FloatFeatures(float[] values, int... shape) {
    this.values = values;
    this.shape = shape.clone();
  }

  @Override
  public ElementType type() {
    return ElementType.FLOAT32;
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  @Override
  public void writeTo(NativeTensor batch, long index) {
    batch.write(index, values, 0, values.length);
  }

  @Override
  public byte[] toBytes() {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  @Override
  public float[] toFloats() {
    return values.clone();
  }
}
