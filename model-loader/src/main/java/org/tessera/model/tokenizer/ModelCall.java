package org.tessera.model.tokenizer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Suggestions;
import org.tessera.model.bundle.TensorSpec;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.ModelException;
import org.tessera.model.engine.ModelSession;
import org.tessera.model.engine.ModelSignature;
import org.tessera.model.engine.NativeTensor;

/**
 * One signature of a loaded model, spoken to by roles. Thread-safe. It owns its constant inputs,
 * not the session.
 */
final class ModelCall implements AutoCloseable {
  private final ModelSession session;
  private final String model;
  private final SignatureSpec signature;
  private final boolean leadsBack;
  private final Optional<FixedBatches> batches;
  private final ConstantInputs constants;

  /**
   * A call.
   *
   * @param model how to call the model in messages
   * @param leadsBack whether it leads from ids towards the signal
   * @param batches how many samples go into one call; empty when all do
   * @param seed what is fed to the role {@code seed}
   * @throws ModelException when the model lacks a tensor that the signature names, or has an input
   *     that it does not name
   */
  ModelCall(
      ModelSession session,
      String model,
      SignatureSpec signature,
      boolean leadsBack,
      Optional<FixedBatches> batches,
      long seed) {
    this.session = session;
    this.model = model;
    this.signature = signature;
    this.leadsBack = leadsBack;
    this.batches = batches;
    this.constants = new ConstantInputs(session);
    checkNames();
    signature.inputs().forEach((role, input) -> checkScaling(role, input));
    try {
      for (Map.Entry<String, TensorSpec> input : signature.inputs().entrySet()) {
        if (isConstant(input.getKey())) {
          TensorSpec.Constant value =
              input.getValue().value().orElseGet(() -> TensorSpec.Constant.scalar(seed));
          String role = input.getKey();
          constants.add(input.getValue().tensor(), input(role), inputType(role), value);
        }
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  ModelSession session() {
    return session;
  }

  SignatureSpec signature() {
    return signature;
  }

  /** Whether the input of a role is the same in every call. */
  boolean isConstant(String role) {
    TensorSpec input = signature.inputs().get(role);
    return input.value().isPresent() || role.equals(Roles.SEED);
  }

  /** What the model says about the input of a role, with the axes that it lacks. */
  ModelSignature.TensorInfo input(String role) {
    return whole(role, signature.inputs(), session.signature(signature.name()).inputs());
  }

  /** What the model says about the output of a role, with the axes that it lacks. */
  ModelSignature.TensorInfo output(String role) {
    return whole(role, signature.outputs(), session.signature(signature.name()).outputs());
  }

  private static ModelSignature.TensorInfo whole(
      String role,
      SortedMap<String, TensorSpec> specs,
      SortedMap<String, ModelSignature.TensorInfo> known) {
    TensorSpec spec = specs.get(role);
    ModelSignature.TensorInfo info = MissingAxes.of(role, spec).whole(known.get(spec.tensor()));
    return isOne(spec) ? info : new SideBySide(spec).info(info);
  }

  /** Whether one tensor of the model is what a role needs. */
  private static boolean isOne(TensorSpec spec) {
    return spec.beside().tensors().isEmpty();
  }

  /** The element type of the input of a role. */
  ElementType inputType(String role) {
    TensorSpec spec = signature.inputs().get(role);
    return spec.type().orElseGet(() -> Tensors.type(input(role).type(), spec.tensor()));
  }

  /**
   * Runs the signature.
   *
   * @param inputs tensors by role, of any engine; still owned by the caller
   * @param roles the roles of the wanted outputs
   * @return tensors by role; the caller closes each
   */
  Map<String, NativeTensor> run(Map<String, NativeTensor> inputs, Set<String> roles) {
    Map<String, NativeTensor> moved = new LinkedHashMap<>();
    Map<String, NativeTensor> copies = new LinkedHashMap<>();
    try {
      inputs.forEach(
          (role, tensor) -> {
            requireRole(role);
            TensorSpec spec = signature.inputs().get(role);
            long[] shape = Shapes.of(spec, tensor.shape());
            if (session.takes(tensor)
                && Arrays.equals(shape, tensor.shape())
                && Tensors.fitting(tensor.type(), inputType(role)) == tensor.type()
                && spec.scaling().isEmpty()) {
              moved.put(role, tensor);
            } else {
              requireScalable(spec, tensor.type(), "what is fed is ", "make it float32");
              NativeTensor copy =
                  Tensors.copy(
                      tensor,
                      session,
                      inputType(role),
                      shape,
                      (values, count) ->
                          spec.scaling().ifPresent(by -> by.apply(values, count, leadsBack)));
              copies.put(role, copy);
              moved.put(role, copy);
            }
          });
      return batches.isEmpty()
          ? runOnce(moved, roles)
          : batches.get().run(session, moved, part -> runOnce(part, roles));
    } finally {
      Tensors.close(copies);
    }
  }

  private Map<String, NativeTensor> runOnce(Map<String, NativeTensor> inputs, Set<String> roles) {
    Map<String, NativeTensor> named = new LinkedHashMap<>(constants.fixed());
    Set<String> wanted = new TreeSet<>();
    roles.forEach(role -> wanted.addAll(signature.outputs().get(role).tensors()));
    Map<String, NativeTensor> made = constants.of(inputs);
    Map<String, NativeTensor> results;
    try {
      inputs.forEach(
          (role, tensor) -> {
            TensorSpec input = signature.inputs().get(role);
            MissingAxes missing = MissingAxes.of(role, input);
            if (!isOne(input)) {
              made.putAll(new SideBySide(input).split(session, tensor));
            } else if (missing.none()) {
              named.put(input.tensor(), tensor);
            } else {
              made.put(input.tensor(), missing.own(session, tensor));
            }
          });
      named.putAll(made);
      results = session.run(signature.name(), named, wanted);
    } finally {
      Tensors.close(made);
    }
    SortedMap<String, NativeTensor> byRole = new TreeMap<>();
    for (String role : roles) {
      byRole.put(role, whole(role, results));
    }
    return byRole;
  }

  /** What a role needs, of the model's results. */
  private NativeTensor whole(String role, Map<String, NativeTensor> results) {
    TensorSpec output = signature.outputs().get(role);
    if (isOne(output)) {
      return MissingAxes.of(role, output).whole(results.get(output.tensor()));
    }
    try {
      return new SideBySide(output).joined(session, results);
    } finally {
      output.tensors().forEach(name -> results.get(name).close());
    }
  }

  /**
   * Requires that the signature takes a role.
   *
   * @throws ModelException when it does not
   */
  void requireRole(String role) {
    if (!signature.inputs().containsKey(role)) {
      throw new ModelException(
          "Cannot feed "
              + role
              + " to "
              + model
              + ": its signature "
              + signature.name()
              + " has no such role ("
              + Suggestions.of(role, signature.inputs().keySet())
              + ")");
    }
  }

  private void checkScaling(String role, TensorSpec input) {
    if (input.scaling().isPresent()) {
      requireScalable(input, inputType(role), "its element type is ", "leave shift and scale out");
    }
  }

  private void requireScalable(TensorSpec input, ElementType type, String what, String remedy) {
    if (input.scaling().isPresent() && !type.floating()) {
      throw new ModelException(
          "Cannot scale input "
              + input.tensor()
              + " of "
              + model
              + ": "
              + what
              + type.id()
              + " ("
              + remedy
              + ")");
    }
  }

  private void checkNames() {
    ModelSignature actual = session.signature(signature.name());
    signature.inputs().forEach((role, tensor) -> require(role, tensor, actual.inputs(), "input"));
    signature
        .outputs()
        .forEach((role, tensor) -> require(role, tensor, actual.outputs(), "output"));
    Set<String> fed = new TreeSet<>();
    signature.inputs().values().forEach(tensor -> fed.addAll(tensor.tensors()));
    for (String input : actual.inputs().keySet()) {
      if (!fed.contains(input)) {
        throw new ModelException(
            "Cannot use "
                + model
                + ": the input "
                + input
                + " of its signature "
                + actual
                + " has no role in the manifest (add it, or give it a value)");
      }
    }
  }

  private void require(
      String role,
      TensorSpec spec,
      SortedMap<String, ModelSignature.TensorInfo> actual,
      String kind) {
    for (String name : spec.tensors()) {
      if (!actual.containsKey(name)) {
        throw new ModelException(
            "Cannot find "
                + kind
                + " "
                + name
                + " in signature "
                + signature.name()
                + " of "
                + model
                + " ("
                + Suggestions.of(name, actual.keySet())
                + ")");
      }
    }
    MissingAxes.of(role, spec).require(model, kind, spec, actual.get(spec.tensor()));
  }

  @Override
  public void close() {
    constants.close();
  }
}
