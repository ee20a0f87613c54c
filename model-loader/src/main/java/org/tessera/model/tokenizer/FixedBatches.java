package org.tessera.model.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.NativeTensor;

/**
 * How many samples go into one call: as many as the model takes, or one, with zeros behind them
 * where the model takes more. Immutable and thread-safe.
 *
 * @param batch the model's batch size
 * @param rows how many of them are samples, at most {@code batch}
 */
record FixedBatches(int batch, int rows) {
  /**
   * Runs a batch in parts.
   *
   * @param inputs tensors by role, batch axis first
   * @param call runs one part; its results, too, have the batch axis first
   */
  Map<String, NativeTensor> run(
      ModelSession session,
      Map<String, NativeTensor> inputs,
      Function<Map<String, NativeTensor>, Map<String, NativeTensor>> call) {
    int count = Math.toIntExact(inputs.values().iterator().next().shape()[0]);
    if (count == batch && rows == batch) {
      return call.apply(inputs);
    }
    List<Map<String, NativeTensor>> parts = new ArrayList<>();
    try {
      for (int start = 0; start < Math.max(count, 1); start += rows) {
        Map<String, NativeTensor> part = new LinkedHashMap<>();
        try {
          for (Map.Entry<String, NativeTensor> input : inputs.entrySet()) {
            part.put(input.getKey(), part(session, input.getValue(), start));
          }
          parts.add(call.apply(part));
        } finally {
          Tensors.close(part);
        }
      }
      return joined(session, parts, count);
    } finally {
      parts.forEach(Tensors::close);
    }
  }

  private NativeTensor part(ModelSession session, NativeTensor tensor, int start) {
    long[] shape = tensor.shape();
    int taken = (int) Math.min(rows, shape[0] - start);
    long[] extents = shape.clone();
    extents[0] = batch;
    long row = shape[0] == 0 ? 0 : tensor.size() / shape[0];
    NativeTensor part = session.allocate(tensor.type(), extents);
    Tensors.copy(tensor, start * row, part, 0, taken * row);
    return part;
  }

  private Map<String, NativeTensor> joined(
      ModelSession session, List<Map<String, NativeTensor>> parts, int count) {
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
          int taken = Math.min(rows, count - i * rows);
          Tensors.copy(parts.get(i).get(role), 0, whole, i * (long) rows * row, taken * row);
        }
      }
      return joined;
    } catch (RuntimeException e) {
      Tensors.close(joined);
      throw e;
    }
  }
}
