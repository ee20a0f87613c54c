package org.tessera.model.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.tessera.model.bundle.Suggestions;

/** The checks that every engine makes before it runs a signature, with the same messages. */
public final class SignatureChecks {
  private SignatureChecks() {}

  /**
   * Checks names, element types and shapes of the inputs, and the names of the outputs.
   *
   * @param model how to call the model in a message
   * @throws ModelException naming the tensor that does not fit
   */
  public static void check(
      String model,
      ModelSignature signature,
      Map<String, NativeTensor> inputs,
      Set<String> outputs) {
    String subject = "Cannot run " + signature.name() + " of " + model + ": ";
    for (String name : inputs.keySet()) {
      requireName(subject, "input", name, signature.inputs().keySet());
    }
    for (String name : outputs) {
      requireName(subject, "output", name, signature.outputs().keySet());
    }
    signature
        .inputs()
        .forEach(
            (name, info) -> {
              NativeTensor tensor = inputs.get(name);
              if (tensor == null) {
                throw new ModelException(
                    subject + "input " + name + " " + info + " is missing (feed it)");
              }
              checkFit(subject + "input " + name, info, tensor);
            });
  }

  private static void requireName(String subject, String kind, String name, Set<String> known) {
    if (!known.contains(name)) {
      throw new ModelException(
          subject
              + "it has no "
              + kind
              + " "
              + name
              + " ("
              + (known.isEmpty() ? "it has none" : Suggestions.of(name, known))
              + ")");
    }
  }

  private static void checkFit(
      String subject, ModelSignature.TensorInfo info, NativeTensor tensor) {
    long[] shape = tensor.shape();
    if (!info.type().equals(tensor.type().id()) || !info.accepts(shape)) {
      throw new ModelException(
          subject
              + " takes "
              + info
              + ", not "
              + tensor.type().id()
              + Arrays.toString(shape)
              + " (check the front-end's steps and the manifest's inputs"
              + (info.shape() != null && info.shape().size() + 1 == shape.length
                  ? "; where it has no batch axis, name its axes and write batch: 1)"
                  : ")"));
    }
  }
}
