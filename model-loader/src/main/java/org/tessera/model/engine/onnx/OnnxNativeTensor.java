package org.tessera.model.engine.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Objects;
import org.bytedeco.javacpp.BytePointer;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;
import org.tessera.model.npy.Float16;

/**
 * An ONNX Runtime tensor. Inputs stand in native memory that this class allocates and frees, and
 * are read by the model in place; outputs are copied to the heap when they are first read.
 */
final class OnnxNativeTensor implements NativeTensor {
  private final OnnxTensor tensor;
  private final ElementType type;
  private final long[] shape;
  private final int size;

  /** The memory of an input; null for an output. */
  private final BytePointer memory;

  /** The elements; null for an output that was not read yet. */
  private ByteBuffer data;

  private boolean closed;

  private OnnxNativeTensor(
      OnnxTensor tensor, ElementType type, long[] shape, BytePointer memory, ByteBuffer data) {
    this.tensor = tensor;
    this.type = type;
    this.shape = shape;
    this.size = Math.toIntExact(product(shape));
    this.memory = memory;
    this.data = data;
  }

  static OnnxNativeTensor allocate(OrtEnvironment environment, ElementType type, long... shape) {
    long bytes = Math.multiplyExact(product(shape), (long) type.bytes());
    if (bytes > Integer.MAX_VALUE) {
      throw new ModelException(
          "Cannot make an ONNX tensor of " + bytes + " bytes (2 GiB at most: use smaller batches)");
    }
    BytePointer memory = new BytePointer(Math.max(bytes, 1));
    try {
      memory.zero();
      ByteBuffer data = memory.asByteBuffer().limit((int) bytes).slice();
      data.order(ByteOrder.nativeOrder());
      OnnxTensor tensor =
          OnnxTensor.createTensor(environment, data, shape.clone(), OnnxTypes.javaType(type));
      return new OnnxNativeTensor(tensor, type, shape.clone(), memory, data);
    } catch (OrtException e) {
      memory.close();
      throw new ModelException("Cannot make an ONNX tensor: " + e.getMessage(), e);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  static OnnxNativeTensor of(String name, OnnxValue value) {
    if (value instanceof OnnxTensor tensor) {
      ElementType type =
          OnnxTypes.elementType(tensor.getInfo().type)
              .orElseThrow(
                  () ->
                      new ModelException(
                          "Cannot read output "
                              + name
                              + ": its type is "
                              + tensor.getInfo().type
                              + " (cast it in the model)"));
      return new OnnxNativeTensor(tensor, type, tensor.getInfo().getShape(), null, null);
    }
    throw new ModelException("Cannot read output " + name + ": it is no tensor");
  }

  /** The ONNX tensor of a tensor that this engine made. */
  static OnnxTensor raw(NativeTensor tensor) {
    if (tensor instanceof OnnxNativeTensor own) {
      own.requireOpen();
      return own.tensor;
    }
    throw new IllegalArgumentException(
        "Cannot feed a tensor of another engine (allocate it with this session)");
  }

  private static long product(long[] shape) {
    long size = 1;
    for (long extent : shape) {
      size = Math.multiplyExact(size, extent);
    }
    return size;
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
    int at = check(type.floating(), "floats", index, length);
    ByteBuffer buffer = data();
    if (type == ElementType.FLOAT32) {
      buffer.asFloatBuffer().put(at, source, offset, length);
    } else if (type == ElementType.FLOAT64) {
      DoubleBuffer doubles = buffer.asDoubleBuffer();
      for (int i = 0; i < length; i++) {
        doubles.put(at + i, source[offset + i]);
      }
    } else {
      ShortBuffer halves = buffer.asShortBuffer();
      for (int i = 0; i < length; i++) {
        halves.put(at + i, Float16.toBits(source[offset + i]));
      }
    }
  }

  @Override
  public void write(long index, int[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    int at = check(type.integral(), "ints", index, length);
    ByteBuffer buffer = data();
    if (type == ElementType.INT32) {
      buffer.asIntBuffer().put(at, source, offset, length);
    } else if (type == ElementType.INT64) {
      LongBuffer longs = buffer.asLongBuffer();
      for (int i = 0; i < length; i++) {
        longs.put(at + i, source[offset + i]);
      }
    } else {
      writeNarrow(at, source, offset, length);
    }
  }

  private void writeNarrow(int at, int[] source, int offset, int length) {
    for (int i = 0; i < length; i++) {
      int value = source[offset + i];
      boolean fits =
          type == ElementType.UINT8
              ? value == (value & 0xff)
              : type == ElementType.INT8 ? value == (byte) value : value == (short) value;
      if (!fits) {
        throw new ArithmeticException("Cannot write " + value + " as " + type.id());
      }
      if (type.bytes() == 1) {
        data().put(at + i, (byte) value);
      } else {
        data().putShort(2 * (at + i), (short) value);
      }
    }
  }

  @Override
  public void write(long index, byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    int at = check(type.bytes() == 1, "bytes", index, length);
    data().put(at, source, offset, length);
  }

  @Override
  public void read(long index, float[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    int at = check(type.floating(), "floats", index, length);
    ByteBuffer buffer = data();
    if (type == ElementType.FLOAT32) {
      buffer.asFloatBuffer().get(at, target, offset, length);
    } else if (type == ElementType.FLOAT64) {
      DoubleBuffer doubles = buffer.asDoubleBuffer();
      for (int i = 0; i < length; i++) {
        target[offset + i] = (float) doubles.get(at + i);
      }
    } else {
      ShortBuffer halves = buffer.asShortBuffer();
      for (int i = 0; i < length; i++) {
        target[offset + i] = Float16.toFloat(halves.get(at + i));
      }
    }
  }

  @Override
  public void read(long index, int[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    int at = check(type.integral(), "ints", index, length);
    ByteBuffer buffer = data();
    if (type == ElementType.INT32) {
      buffer.asIntBuffer().get(at, target, offset, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      target[offset + i] = integer(buffer, at + i);
    }
  }

  private int integer(ByteBuffer buffer, int at) {
    return switch (type) {
      case INT64 -> Math.toIntExact(buffer.getLong(8 * at));
      case INT16 -> buffer.getShort(2 * at);
      case INT8 -> buffer.get(at);
      default -> buffer.get(at) & 0xff;
    };
  }

  @Override
  public void read(long index, byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    int at = check(type.bytes() == 1, "bytes", index, length);
    data().get(at, target, offset, length);
  }

  private ByteBuffer data() {
    if (data == null) {
      data = size == 0 ? ByteBuffer.allocate(0) : tensor.getByteBuffer();
      data.order(ByteOrder.nativeOrder());
    }
    return data;
  }

  private int check(boolean fits, String kind, long index, int length) {
    requireOpen();
    if (!fits) {
      throw new IllegalArgumentException(
          "Cannot copy " + kind + " to or from a tensor of " + type.id());
    }
    return (int) Objects.checkFromIndexSize(index, (long) length, (long) size);
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
      data = null;
      tensor.close();
      if (memory != null) {
        memory.close();
      }
    }
  }
}
