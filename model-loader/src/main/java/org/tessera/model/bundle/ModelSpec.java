package org.tessera.model.bundle;

import java.util.Optional;

/**
 * One model of a tokenizer. Immutable and thread-safe.
 *
 * @param engine the engine's name, e.g. {@code tensorflow}
 * @param path the model directory or file, relative to the bundle with {@code /}
 * @param encode the signature that leads from the signal towards ids
 * @param decode the signature that leads back, where there is one
 * @param batch the only batch size that the model takes; 0 for any
 */
public record ModelSpec(
    String engine, String path, SignatureSpec encode, Optional<SignatureSpec> decode, int batch) {
  /** A model that takes any batch size and only encodes. */
  public static ModelSpec of(String engine, String path, SignatureSpec encode) {
    return new ModelSpec(engine, path, encode, Optional.empty(), 0);
  }

  /** The same model with a decode signature. */
  public ModelSpec withDecode(SignatureSpec newDecode) {
    return new ModelSpec(engine, path, encode, Optional.of(newDecode), batch);
  }
}
