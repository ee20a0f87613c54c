package org.tessera.model.tokenizer;

import java.util.Map;
import org.tessera.model.bundle.Roles;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/**
 * A loaded tokenizer. Thread-safe: several threads may run it at once. Closed by whoever loaded it
 * (in production the model pool).
 */
public interface Tokenizer extends AutoCloseable {
  /** The bundle's manifest; its layout is cut when only the first n ids are kept. */
  TokenizerManifest manifest();

  /** The bundle's fingerprint: 64 lower-case hex digits. */
  String fingerprint();

  /**
   * A zeroed tensor for one input, in the engine's native memory; the caller closes it.
   *
   * @param role the input's role, e.g. {@code signal}
   * @param type the element type of the features that will be written. Where the model wants
   *     another floating or another integral type, the tensor has the model's and converts.
   * @param shape the features' extents, batch axis first. Where the manifest reshapes this input,
   *     the tensor has the model's shape with as many elements in the same order.
   */
  NativeTensor allocate(String role, ElementType type, long... shape);

  /** A tensor for the role {@code signal}, as the other form gives it. */
  default NativeTensor allocate(ElementType type, long... shape) {
    return allocate(Roles.SIGNAL, type, shape);
  }

  /**
   * From signals to ids.
   *
   * @param inputs tensors by role ({@code signal}, ...), batch axis first; still owned by the
   *     caller
   * @throws org.tessera.model.engine.ModelException when the model fails, an input does not fit, or
   *     an id lies outside its codebook
   */
  Codes encode(Map<String, NativeTensor> inputs);

  /**
   * From signals to the vectors that would be quantized, e.g. to learn another quantizer for them:
   * latents, logits, or without a model the front-end's features. Where the tokenizer {@linkplain
   * TokenizerManifest#keepsPositions keeps positions}, those that the one sample of a batch keeps.
   *
   * @param inputs as {@link #encode} takes them
   * @throws org.tessera.model.engine.ModelException when the model fails or an input does not fit
   * @throws UnsupportedOperationException when the models return ids
   */
  default Latents latents(Map<String, NativeTensor> inputs) {
    throw new UnsupportedOperationException(
        "Cannot take latents from tokenizer "
            + manifest().name()
            + ": its models return "
            + manifest().output().id());
  }

  /**
   * From signals to vectors, to compare signals by what the model makes of them: the latents or
   * logits before they are quantized, or where the models return ids the vectors that the
   * manifest's quantizer keeps for them.
   *
   * @param inputs as {@link #encode} takes them
   * @throws org.tessera.model.engine.ModelException when the model fails, an input does not fit, or
   *     the bundle has no such vectors, see {@link Tokenizers#requireFeatures}
   */
  default Latents features(Map<String, NativeTensor> inputs) {
    return latents(inputs);
  }

  /** Whether the bundle can turn ids back into signals. */
  boolean decodable();

  /**
   * From ids to signals.
   *
   * @param ids row-major over {@code [batch, shape...]}
   * @param shape the extents of one sample's tokens
   * @param kept where the tokenizer {@linkplain TokenizerManifest#keepsPositions keeps positions},
   *     those along the last axis at which the ids of each sample stand, ascending; null when these
   *     are the first
   * @return the decoded signal, batch axis first; the caller closes it
   * @throws UnsupportedOperationException when not {@link #decodable}
   * @throws IllegalArgumentException when the ids do not fill the shape, or it does not fit {@code
   *     kept}
   */
  NativeTensor decode(int[] ids, int batch, int[] shape, int[] kept);

  /** From ids at the first positions to signals, as the other form does it. */
  default NativeTensor decode(int[] ids, int batch, int[] shape) {
    return decode(ids, batch, shape, null);
  }

  /**
   * Runs one sample of zeros where the model says its whole input shape, so that the first real
   * batch finds everything set up. Does nothing otherwise.
   */
  default void warmUp() {}

  /** The device that runs the model, e.g. {@code CPU:0}. */
  String device();

  /** Engine name and version, e.g. {@code tensorflow 2.18.0}. */
  String engineVersion();

  @Override
  void close();
}
