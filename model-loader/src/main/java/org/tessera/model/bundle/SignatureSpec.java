package org.tessera.model.bundle;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Names a model signature and maps Tessera's roles to the model's own tensor names.
 *
 * @param name the signature in the model file
 * @param inputs role to input name; roles are {@code signal} (encode) and {@code ids} (decode)
 * @param outputs role to output name; roles are {@code ids}, {@code quantization_error}, {@code
 *     latents} (encode) and {@code signal} (decode)
 */
public record SignatureSpec(
    String name, SortedMap<String, String> inputs, SortedMap<String, String> outputs) {
  public SignatureSpec {
    inputs = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    outputs = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(outputs));
  }
}
