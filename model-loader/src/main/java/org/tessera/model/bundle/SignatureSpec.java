package org.tessera.model.bundle;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names a model signature and maps Tessera's {@link Roles} to the model's own tensors. Immutable
 * and thread-safe.
 *
 * @param name the signature in the model file; an engine without signatures (ONNX) ignores it
 * @param inputs tensors by role: {@code signal} and any named inputs that the front-end makes
 *     (encode), {@code ids} or {@code latents} (decode)
 * @param outputs tensors by role: {@code ids}, {@code latents} or {@code logits}, {@code
 *     quantization_error}, {@code lengths} (encode), {@code signal} (decode)
 */
public record SignatureSpec(
    String name, SortedMap<String, TensorSpec> inputs, SortedMap<String, TensorSpec> outputs) {
  /** The signature that is used when a manifest names none. */
  public static final String DEFAULT_NAME = "serving_default";

  public SignatureSpec {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    outputs = Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }

  /** A signature whose tensors fit as they are: role to the model's name. */
  public static SignatureSpec of(
      String name, Map<String, String> inputs, Map<String, String> outputs) {
    return new SignatureSpec(name, specs(inputs), specs(outputs));
  }

  private static SortedMap<String, TensorSpec> specs(Map<String, String> names) {
    SortedMap<String, TensorSpec> specs = new TreeMap<>();
    names.forEach((role, tensor) -> specs.put(role, TensorSpec.of(tensor)));
    return specs;
  }
}
