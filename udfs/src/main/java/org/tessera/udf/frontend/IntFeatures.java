package org.tessera.udf.frontend;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/** Features as 32-bit ints, e.g. sensor types. The array is not copied and must not change. */
public final class IntFeatures implements Features {
  private final int[] values;
  private final int[] shape;

  public IntFeatures(int[] values, int... shape) {
    this.values = values;
    this.shape = shape.clone();
  }

  @Override
  public ElementType type() {
    return ElementType.INT32;
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
    bytes.asIntBuffer().put(values);
    return bytes.array();
  }

  @Override
  public float[] toFloats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i];
    }
    return floats;
  }
}
