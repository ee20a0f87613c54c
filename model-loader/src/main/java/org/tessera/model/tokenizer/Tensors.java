package org.tessera.model.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.NativeTensor;

/** Helpers for tensors in native memory. */
final class Tensors {
  private static final int PIECE = 1 << 18;

  private Tensors() {}

  /** The element type of a name in a model's signature. */
  static ElementType type(String name, String tensor) {
    for (ElementType type : ElementType.values()) {
      if (type.id().equals(name)) {
        return type;
      }
    }
    throw new ModelException(
        "Cannot use tensor "
            + tensor
            + ": its element type is "
            + name
            + " (cast it in the model)");
  }

  /** Writes numbers as the tensor's own type. */
  static void write(NativeTensor tensor, List<Number> numbers) {
    int count = numbers.size();
    if (tensor.type().floating()) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = numbers.get(i).floatValue();
      }
      tensor.write(0, values, 0, count);
    } else if (tensor.type() == ElementType.BOOL) {
      byte[] values = new byte[count];
      for (int i = 0; i < count; i++) {
        values[i] = (byte) (numbers.get(i).intValue() == 0 ? 0 : 1);
      }
      tensor.write(0, values, 0, count);
    } else {
      int[] values = new int[count];
      for (int i = 0; i < count; i++) {
        values[i] = Math.toIntExact(numbers.get(i).longValue());
      }
      tensor.write(0, values, 0, count);
    }
  }

  /** Writes ids as the tensor's own type; a model may want them as floats. */
  static void writeIds(NativeTensor tensor, int[] ids) {
    if (tensor.type().floating()) {
      float[] values = new float[ids.length];
      for (int i = 0; i < ids.length; i++) {
        values[i] = ids[i];
      }
      tensor.write(0, values, 0, values.length);
    } else {
      tensor.write(0, ids, 0, ids.length);
    }
  }

  /**
   * A copy in an engine's memory, of the same elements in another shape; the caller closes it.
   *
   * @param change changes so many floats at the front of an array, on their way
   */
  static NativeTensor copy(
      NativeTensor source,
      ModelSession session,
      ElementType type,
      long[] shape,
      ObjIntConsumer<float[]> change) {
    NativeTensor copy = session.allocate(fitting(source.type(), type), shape);
    try {
      copy(source, 0, copy, 0, source.size(), change);
      return copy;
    } catch (RuntimeException e) {
      copy.close();
      throw e;
    }
  }

  /** The wanted type where elements of a type are copied as it; else the type that they have. */
  static ElementType fitting(ElementType type, ElementType wanted) {
    boolean converts =
        (type.floating() && wanted.floating()) || (type.integral() && wanted.integral());
    return converts ? wanted : type;
  }

  /** Copies elements between tensors of one kind. */
  static void copy(NativeTensor source, long from, NativeTensor target, long to, long count) {
    copy(source, from, target, to, count, (values, length) -> {});
  }

  private static void copy(
      NativeTensor source,
      long from,
      NativeTensor target,
      long to,
      long count,
      ObjIntConsumer<float[]> change) {
    ElementType type = source.type();
    for (long done = 0; done < count; ) {
      int length = (int) Math.min(PIECE, count - done);
      if (type.floating()) {
        float[] values = new float[length];
        source.read(from + done, values, 0, length);
        change.accept(values, length);
        target.write(to + done, values, 0, length);
      } else if (type.bytes() == 1) {
        byte[] values = new byte[length];
        source.read(from + done, values, 0, length);
        target.write(to + done, values, 0, length);
      } else {
        int[] values = new int[length];
        source.read(from + done, values, 0, length);
        target.write(to + done, values, 0, length);
      }
      done += length;
    }
  }

  /** The extents as ints. */
  static int[] shape(NativeTensor tensor) {
    long[] shape = tensor.shape();
    int[] extents = new int[shape.length];
    for (int i = 0; i < shape.length; i++) {
      extents[i] = Math.toIntExact(shape[i]);
    }
    return extents;
  }

  static void close(Map<String, NativeTensor> tensors) {
    tensors.values().forEach(NativeTensor::close);
  }
}
