package org.tessera.model.tokenizer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.Randomness;
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
 * One loaded model of a tokenizer, spoken to by roles. Thread-safe; closing it closes the model's
 * session.
 */
final class ModelStage implements AutoCloseable {
  private final ModelSession session;
  private final ModelSpec spec;
  private final Map<String, NativeTensor> encodeConstants = new LinkedHashMap<>();
  private final Map<String, NativeTensor> decodeConstants = new LinkedHashMap<>();

  ModelStage(ModelSession session, ModelSpec spec, Randomness randomness) {
    this.session = session;
    this.spec = spec;
    checkNames(spec.encode());
    spec.decode().ifPresent(this::checkNames);
    try {
      addConstants(spec.encode(), encodeConstants);
      spec.decode().ifPresent(decode -> addConstants(decode, decodeConstants));
      TensorSpec seed = spec.encode().inputs().get(Roles.SEED);
      if (seed != null && seed.value().isEmpty()) {
        TensorSpec.Constant value = TensorSpec.Constant.scalar(randomness.seed());
        encodeConstants.put(seed.tensor(), constant(spec.encode(), seed, value));
      }
    } catch (RuntimeException e) {
      closeConstants();
      throw e;
    }
  }

  ModelSpec spec() {
    return spec;
  }

  ModelSession session() {
    return session;
  }

  /** What the model says about the tensor of a role. */
  ModelSignature.TensorInfo input(SignatureSpec signature, String role) {
    return session.signature(signature.name()).inputs().get(signature.inputs().get(role).tensor());
  }

  /** Runs the encode signature; tensors come and go by role. */
  Map<String, NativeTensor> encode(Map<String, NativeTensor> inputs, Set<String> outputs) {
    return run(spec.encode(), encodeConstants, inputs, outputs);
  }

  /** Runs the decode signature; tensors come and go by role. */
  Map<String, NativeTensor> decode(Map<String, NativeTensor> inputs, Set<String> outputs) {
    return run(spec.decode().orElseThrow(), decodeConstants, inputs, outputs);
  }

  private Map<String, NativeTensor> run(
      SignatureSpec signature,
      Map<String, NativeTensor> constants,
      Map<String, NativeTensor> inputs,
      Set<String> roles) {
    Map<String, NativeTensor> named = new LinkedHashMap<>(constants);
    inputs.forEach(
        (role, tensor) -> {
          TensorSpec input = signature.inputs().get(role);
          if (input == null) {
            throw new ModelException(
                "Cannot feed "
                    + role
                    + ": signature "
                    + signature.name()
                    + " has no such role ("
                    + Suggestions.of(role, signature.inputs().keySet())
                    + ")");
          }
          named.put(input.tensor(), tensor);
        });
    Set<String> wanted = new TreeSet<>();
    roles.forEach(role -> wanted.add(signature.outputs().get(role).tensor()));
    Map<String, NativeTensor> results = session.run(signature.name(), named, wanted);
    SortedMap<String, NativeTensor> byRole = new TreeMap<>();
    roles.forEach(role -> byRole.put(role, results.get(signature.outputs().get(role).tensor())));
    return byRole;
  }

  private void checkNames(SignatureSpec signature) {
    ModelSignature actual = session.signature(signature.name());
    signature.inputs().values().forEach(tensor -> require(tensor, actual.inputs(), "input"));
    signature.outputs().values().forEach(tensor -> require(tensor, actual.outputs(), "output"));
    Set<String> fed = new TreeSet<>();
    signature.inputs().values().forEach(tensor -> fed.add(tensor.tensor()));
    for (String input : actual.inputs().keySet()) {
      if (!fed.contains(input)) {
        throw new ModelException(
            "Cannot use signature "
                + actual
                + " of "
                + spec.path()
                + ": its input "
                + input
                + " has no role in the manifest (add it, or give it a value)");
      }
    }
  }

  private void require(
      TensorSpec tensor, SortedMap<String, ModelSignature.TensorInfo> actual, String kind) {
    if (!actual.containsKey(tensor.tensor())) {
      throw new ModelException(
          "Cannot find "
              + kind
              + " "
              + tensor.tensor()
              + " in "
              + spec.path()
              + " ("
              + Suggestions.of(tensor.tensor(), actual.keySet())
              + ")");
    }
  }

  private void addConstants(SignatureSpec signature, Map<String, NativeTensor> constants) {
    signature
        .inputs()
        .values()
        .forEach(
            input ->
                input
                    .value()
                    .ifPresent(
                        value -> constants.put(input.tensor(), constant(signature, input, value))));
  }

  private NativeTensor constant(
      SignatureSpec signature, TensorSpec input, TensorSpec.Constant value) {
    String declared = session.signature(signature.name()).inputs().get(input.tensor()).type();
    ElementType type = input.type().orElseGet(() -> Tensors.type(declared, input.tensor()));
    long[] shape = value.shape().stream().mapToLong(Integer::longValue).toArray();
    NativeTensor tensor = session.allocate(type, shape);
    Tensors.write(tensor, value.numbers());
    return tensor;
  }

  private void closeConstants() {
    encodeConstants.values().forEach(NativeTensor::close);
    decodeConstants.values().forEach(NativeTensor::close);
  }

  @Override
  public void close() {
    closeConstants();
    session.close();
  }
}
