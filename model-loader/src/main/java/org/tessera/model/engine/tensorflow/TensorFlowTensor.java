package org.tessera.model.engine.tensorflow;

import java.util.Objects;
import org.tensorflow.RawTensor;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.ndarray.buffer.DoubleDataBuffer;
import org.tensorflow.ndarray.buffer.LongDataBuffer;
import org.tensorflow.ndarray.buffer.ShortDataBuffer;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.Float16;

/** A TensorFlow tensor; reads and writes go straight to its native memory. */
final class TensorFlowTensor implements NativeTensor {
  private static final byte[] ZEROS = new byte[1 << 16];

  private final Tensor tensor;
  private final ElementType type;
  private final long[] shape;
  private final long size;
  private boolean closed;

  private TensorFlowTensor(Tensor tensor, ElementType type) {
    this.tensor = tensor;
    this.type = type;
    this.shape = tensor.shape().asArray();
    this.size = tensor.shape().size();
  }

  static TensorFlowTensor allocate(ElementType type, long... shape) {
    Tensor tensor = Tensor.of(TensorFlowTypes.tensorType(type), Shape.of(shape));
    try {
      TensorFlowTensor allocated = new TensorFlowTensor(tensor, type);
      allocated.clear();
      return allocated;
    } catch (RuntimeException e) {
      tensor.close();
      throw e;
    }
  }

  static TensorFlowTensor of(String name, Tensor tensor) {
    ElementType type =
        TensorFlowTypes.elementType(tensor.dataType())
            .orElseThrow(
                () ->
                    new ModelException(
                        "Cannot read output "
                            + name
                            + ": its type is "
                            + tensor.dataType()
                            + " (cast it in the model)"));
    return new TensorFlowTensor(tensor, type);
  }

  /** The TensorFlow tensor of a tensor that this engine made. */
  static Tensor raw(NativeTensor tensor) {
    if (tensor instanceof TensorFlowTensor own) {
      own.requireOpen();
      return own.tensor;
    }
    throw new IllegalArgumentException(
        "Cannot feed a tensor of another engine (allocate it with this session)");
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
  public long size() {
    return size;
  }

  @Override
  public void write(long index, float[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    if (!check(type.floating(), "floats", index, length)) {
      return;
    }
    if (type == ElementType.FLOAT32) {
      bytes().asFloats().slice(index, length).write(source, offset, length);
    } else if (type == ElementType.FLOAT64) {
      DoubleDataBuffer doubles = bytes().asDoubles();
      for (int i = 0; i < length; i++) {
        doubles.setDouble(source[offset + i], index + i);
      }
    } else {
      ShortDataBuffer halves = bytes().asShorts();
      for (int i = 0; i < length; i++) {
        halves.setShort(Float16.toBits(source[offset + i]), index + i);
      }
    }
  }

  @Override
  public void write(long index, int[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    if (!check(type.integral(), "ints", index, length)) {
      return;
    }
    if (type == ElementType.INT32) {
      bytes().asInts().slice(index, length).write(source, offset, length);
    } else if (type == ElementType.INT64) {
      LongDataBuffer longs = bytes().asLongs();
      for (int i = 0; i < length; i++) {
        longs.setLong(source[offset + i], index + i);
      }
    } else {
      writeNarrow(index, source, offset, length);
    }
  }

  private void writeNarrow(long index, int[] source, int offset, int length) {
    int limit = type == ElementType.UINT8 ? 0xff : 0xffff;
    ByteDataBuffer bytes = bytes();
    ShortDataBuffer shorts = type == ElementType.UINT8 ? null : bytes.asShorts();
    for (int i = 0; i < length; i++) {
      int value = source[offset + i];
      if (value < 0 || value > limit) {
        throw new ArithmeticException("Cannot write " + value + " as " + type.id());
      }
      if (shorts == null) {
        bytes.setByte((byte) value, index + i);
      } else {
        shorts.setShort((short) value, index + i);
      }
    }
  }

  @Override
  public void write(long index, byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    if (check(type.bytes() == 1, "bytes", index, length)) {
      bytes().slice(index, length).write(source, offset, length);
    }
  }

  @Override
  public void read(long index, float[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (!check(type.floating(), "floats", index, length)) {
      return;
    }
    if (type == ElementType.FLOAT32) {
      bytes().asFloats().slice(index, length).read(target, offset, length);
    } else if (type == ElementType.FLOAT64) {
      DoubleDataBuffer doubles = bytes().asDoubles();
      for (int i = 0; i < length; i++) {
        target[offset + i] = (float) doubles.getDouble(index + i);
      }
    } else {
      ShortDataBuffer halves = bytes().asShorts();
      for (int i = 0; i < length; i++) {
        target[offset + i] = Float16.toFloat(halves.getShort(index + i));
      }
    }
  }

  @Override
  public void read(long index, int[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (!check(type.integral(), "ints", index, length)) {
      return;
    }
    if (type == ElementType.INT32) {
      bytes().asInts().slice(index, length).read(target, offset, length);
    } else if (type == ElementType.INT64) {
      LongDataBuffer longs = bytes().asLongs();
      for (int i = 0; i < length; i++) {
        target[offset + i] = Math.toIntExact(longs.getLong(index + i));
      }
    } else if (type == ElementType.UINT8) {
      ByteDataBuffer bytes = bytes();
      for (int i = 0; i < length; i++) {
        target[offset + i] = bytes.getByte(index + i) & 0xff;
      }
    } else {
      ShortDataBuffer shorts = bytes().asShorts();
      for (int i = 0; i < length; i++) {
        target[offset + i] = shorts.getShort(index + i) & 0xffff;
      }
    }
  }

  @Override
  public void read(long index, byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (check(type.bytes() == 1, "bytes", index, length)) {
      bytes().slice(index, length).read(target, offset, length);
    }
  }

  private void clear() {
    long left = size * type.bytes();
    if (left == 0) {
      return;
    }
    ByteDataBuffer bytes = bytes();
    for (long at = 0; left > 0; ) {
      int length = (int) Math.min(left, ZEROS.length);
      bytes.slice(at, length).write(ZEROS, 0, length);
      at += length;
      left -= length;
    }
  }

  private ByteDataBuffer bytes() {
    RawTensor raw = tensor.asRawTensor();
    return raw.data();
  }

  /** Whether there is anything to copy; an empty tensor has no memory. */
  private boolean check(boolean fits, String kind, long index, int length) {
    requireOpen();
    if (!fits) {
      throw new IllegalArgumentException(
          "Cannot copy " + kind + " to or from a tensor of " + type.id());
    }
    Objects.checkFromIndexSize(index, (long) length, size);
    return length > 0;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("Cannot use a tensor after it was closed");
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      tensor.close();
    }
  }
}
