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
 * is open is the number of samples (the state of a recurrent model), or those that another input
 * has along some axes (a mask); as many numbers as the model's extents hold take their shape. An
 * extent of another input is a number, too (how many frames there are). Thread-safe once all are
 * added; it owns what does not depend on other inputs, not the session.
 */
final class ConstantInputs implements AutoCloseable {
  /** What is made for each call; the shape is the model's where it is not that of an input. */
  private record Filled(ElementType type, List<Long> shape, TensorSpec.Constant value) {}

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
    if (!constant.extents().isEmpty()) {
      addMeasured(tensor, info, type, constant);
      return;
    }
    long[] shape = constant.shape().stream().mapToLong(Integer::longValue).toArray();
    if (info.accepts(shape)) {
      fixed.put(tensor, tensor(type, shape, constant.numbers()));
      return;
    }
    long open = info.shape().stream().filter(extent -> extent < 0).count();
    boolean number = constant.shape().isEmpty();
    if (number && open == 1) {
      filled.put(tensor, new Filled(type, info.shape(), constant));
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

  private void addMeasured(
      String tensor,
      ModelSignature.TensorInfo info,
      ElementType type,
      TensorSpec.Constant constant) {
    List<Long> shape = info.shape();
    boolean one = constant.numbers().isEmpty();
    boolean fits =
        shape == null
            || (one
                ? shape.stream().filter(extent -> extent < 0).count() <= 1
                : shape.size() == constant.extents().size());
    if (!fits) {
      throw new ModelException(
          "Cannot use the "
              + (one ? "extent" : "extents " + constant.extents())
              + " of input "
              + tensor
              + " "
              + info
              + (one
                  ? " (at most one of its axes, the batch's, may be open)"
                  : " (name an axis of the " + constant.of() + " for each of its own)"));
    }
    filled.put(tensor, new Filled(type, shape == null ? List.of(-1L) : shape, constant));
  }

  /**
   * Those of a call, by tensor name; the caller closes them.
   *
   * @param inputs the others, by role
   */
  Map<String, NativeTensor> of(Map<String, NativeTensor> inputs) {
    Map<String, NativeTensor> made = new LinkedHashMap<>();
    try {
      filled.forEach((name, fill) -> made.put(name, made(name, fill, inputs)));
      return made;
    } catch (RuntimeException e) {
      Tensors.close(made);
      throw e;
    }
  }

  private NativeTensor made(String name, Filled fill, Map<String, NativeTensor> inputs) {
    TensorSpec.Constant value = fill.value;
    long samples = inputs.isEmpty() ? 1 : inputs.values().iterator().next().shape()[0];
    Number number;
    long[] shape = fill.shape.stream().mapToLong(e -> e < 0 ? samples : e).toArray();
    if (value.numbers().isEmpty()) {
      number = extent(name, value.extents().get(0), value.of(), inputs);
    } else {
      number = value.numbers().get(0);
      if (!value.extents().isEmpty()) {
        shape =
            value.extents().stream()
                .mapToLong(axis -> extent(name, axis, value.of(), inputs))
                .toArray();
      }
    }
    int size = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    return tensor(fill.type, shape, Collections.nCopies(size, number));
  }

  private static long extent(String name, int axis, String role, Map<String, NativeTensor> inputs) {
    NativeTensor other = inputs.get(role);
    long[] shape = other == null ? new long[0] : other.shape();
    if (axis >= shape.length) {
      throw new ModelException(
          "Cannot feed input "
              + name
              + ": it asks for the extent of axis "
              + axis
              + " of a "
              + role
              + " of "
              + Arrays.toString(shape)
              + " (0 is the batch's axis)");
    }
    return shape[axis];
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
