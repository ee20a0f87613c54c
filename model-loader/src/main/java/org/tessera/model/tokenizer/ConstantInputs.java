package org.tessera.model.tokenizer;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/**
 * The inputs that a manifest gives values for. A number fills the model's extents, where one that
 * is open is the number of samples (the state of a recurrent model); as many numbers as the model's
 * extents hold take their shape. Thread-safe once all are added; it owns what does not depend on
 * the batch, not the session.
 */
final class ConstantInputs implements AutoCloseable {
  private record Filled(ElementType type, List<Long> shape, Number number) {}

  private final ModelSession session;
  private final Map<String, NativeTensor> fixed = new LinkedHashMap<>();
  private final Map<String, Filled> filled = new LinkedHashMap<>();

  ConstantInputs(ModelSession session) {
    this.session = session;
  }

  /**
   * Adds one.
   *
   * @param info what the model says about the input
   * @throws ModelException when the value does not fit it
   */
  void add(
      String tensor,
      ModelSignature.TensorInfo info,
      ElementType type,
      TensorSpec.Constant constant) {
    long[] shape = constant.shape().stream().mapToLong(Integer::longValue).toArray();
    if (info.accepts(shape)) {
      fixed.put(tensor, tensor(type, shape, constant.numbers()));
      return;
    }
    long open = info.shape().stream().filter(extent -> extent < 0).count();
    boolean number = constant.shape().isEmpty();
    if (number && open == 1) {
      filled.put(tensor, new Filled(type, info.shape(), constant.numbers().get(0)));
      return;
    }
    long size = info.shape().stream().reduce(1L, Math::multiplyExact);
    if (open > 0 || (!number && size != constant.numbers().size())) {
      throw new ModelException(
          "Cannot use the value of input "
              + tensor
              + ": "
              + (number ? "a number" : constant.numbers().size() + " numbers")
              + " for "
              + info
              + " (give one number, which fills extents of which at most one, the batch's, is open,"
              + " or as many as the extents hold)");
    }
    long[] own = info.shape().stream().mapToLong(Long::longValue).toArray();
    fixed.put(
        tensor,
        tensor(
            type,
            own,
            number
                ? Collections.nCopies(Math.toIntExact(size), constant.numbers().get(0))
                : constant.numbers()));
  }

  /** Those that every call shares, by tensor name. */
  Map<String, NativeTensor> fixed() {
    return fixed;
  }

  /** Those of a call with so many samples, by tensor name; the caller closes them. */
  Map<String, NativeTensor> of(long batch) {
    Map<String, NativeTensor> made = new LinkedHashMap<>();
    try {
      filled.forEach(
          (name, fill) -> {
            long[] shape = fill.shape.stream().mapToLong(e -> e < 0 ? batch : e).toArray();
            int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
            made.put(name, tensor(fill.type, shape, Collections.nCopies(size, fill.number)));
          });
      return made;
    } catch (RuntimeException e) {
      Tensors.close(made);
      throw e;
    }
  }

  private NativeTensor tensor(ElementType type, long[] shape, List<Number> numbers) {
    NativeTensor tensor = session.allocate(type, shape);
    Tensors.write(tensor, numbers);
    return tensor;
  }

  @Override
  public void close() {
    Tensors.close(fixed);
  }
}
