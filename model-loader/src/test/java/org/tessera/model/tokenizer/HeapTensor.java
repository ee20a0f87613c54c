package org.tessera.model.tokenizer;

import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/** A tensor of floats, ints or truth values on the heap, for tests that run no model. */
final class HeapTensor implements NativeTensor {
  private final ElementType type;
  private final long[] shape;
  private final float[] floats;
  private final int[] ints;

  private HeapTensor(ElementType type, long[] shape, float[] floats, int[] ints) {
    this.type = type;
    this.shape = shape;
    this.floats = floats;
    this.ints = ints;
  }

  static HeapTensor of(int[] values, long... shape) {
    return new HeapTensor(ElementType.INT32, shape, null, values);
  }

  static HeapTensor of(boolean[] values, long... shape) {
    int[] ints = new int[values.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = values[i] ? 1 : 0;
    }
    return new HeapTensor(ElementType.BOOL, shape, null, ints);
  }

  static HeapTensor of(float[] values, long... shape) {
    return new HeapTensor(ElementType.FLOAT32, shape, values, null);
  }

  @Override
  public ElementType type() {
    return type;
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public void write(long index, float[] source, int offset, int length) {
    System.arraycopy(source, offset, floats, (int) index, length);
  }

  @Override
  public void write(long index, int[] source, int offset, int length) {
    System.arraycopy(source, offset, ints, (int) index, length);
  }

  @Override
  public void write(long index, byte[] source, int offset, int length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void read(long index, float[] target, int offset, int length) {
    System.arraycopy(floats, (int) index, target, offset, length);
  }

  @Override
  public void read(long index, int[] target, int offset, int length) {
    System.arraycopy(ints, (int) index, target, offset, length);
  }

  @Override
  public void read(long index, byte[] target, int offset, int length) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = (byte) ints[(int) index + i];
    }
  }

  @Override
  public void close() {}
}
