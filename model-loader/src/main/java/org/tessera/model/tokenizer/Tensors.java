package org.tessera.model.tokenizer;

import java.util.List;
import java.util.Map;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.NativeTensor;

/** Helpers for tensors in native memory. */
final class Tensors {
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
