package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.NativeTensor;

/** Runs a model that takes one batch size only: the last part is filled up with zeros. */
final class FixedBatches {
  private FixedBatches() {}

  /**
   * Runs a batch in parts.
   *
   * @param batch the model's batch size
   * @param inputs tensors by role, batch axis first
   * @param call runs one part; its results, too, have the batch axis first
   */
  static Map<String, NativeTensor> run(
      ModelSession session,
      int batch,
      Map<String, NativeTensor> inputs,
      Function<Map<String, NativeTensor>, Map<String, NativeTensor>> call) {
    int count = Math.toIntExact(inputs.values().iterator().next().shape()[0]);
    if (count == batch) {
      return call.apply(inputs);
    }
    List<Map<String, NativeTensor>> parts = new ArrayList<>();
    try {
      for (int start = 0; start < Math.max(count, 1); start += batch) {
        Map<String, NativeTensor> part = new LinkedHashMap<>();
        try {
          for (Map.Entry<String, NativeTensor> input : inputs.entrySet()) {
            part.put(input.getKey(), part(session, input.getValue(), start, batch));
          }
          parts.add(call.apply(part));
        } finally {
          Tensors.close(part);
        }
      }
      return joined(session, parts, batch, count);
    } finally {
      parts.forEach(Tensors::close);
    }
  }

  private static NativeTensor part(
      ModelSession session, NativeTensor tensor, int start, int batch) {
    long[] shape = tensor.shape();
    int rows = (int) Math.min(batch, shape[0] - start);
    long[] extents = shape.clone();
    extents[0] = batch;
    long row = shape[0] == 0 ? 0 : tensor.size() / shape[0];
    NativeTensor part = session.allocate(tensor.type(), extents);
    Tensors.copy(tensor, start * row, part, 0, rows * row);
    return part;
  }

  private static Map<String, NativeTensor> joined(
      ModelSession session, List<Map<String, NativeTensor>> parts, int batch, int count) {
    Map<String, NativeTensor> joined = new LinkedHashMap<>();
    try {
      for (String role : parts.get(0).keySet()) {
        long[] extents = parts.get(0).get(role).shape();
        if (extents.length == 0 || extents[0] != batch) {
          throw new ModelException(
              "Cannot split a batch for the output "
                  + role
                  + ": its batch axis is not the first (export the model with it first)");
        }
        long row = parts.get(0).get(role).size() / batch;
        extents[0] = count;
        NativeTensor whole = session.allocate(parts.get(0).get(role).type(), extents);
        joined.put(role, whole);
        for (int i = 0; i < parts.size(); i++) {
          int rows = Math.min(batch, count - i * batch);
          Tensors.copy(parts.get(i).get(role), 0, whole, i * (long) batch * row, rows * row);
        }
      }
      return joined;
    } catch (RuntimeException e) {
      Tensors.close(joined);
      throw e;
    }
  }
}
