package org.tessera.udf.frontend;

import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/** Features as unsigned bytes. The array is not copied and must not change any more. */
public final class ByteFeatures implements Features {
  private final byte[] values;
  private final int[] shape;

  public ByteFeatures(byte[] values, int... shape) {
    this.values = values;
    this.shape = shape.clone();
  }

  @Override
  public ElementType type() {
    return ElementType.UINT8;
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
    return values.clone();
  }

  @Override
  public float[] toFloats() {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i] & 0xff;
    }
    return floats;
  }
}
