package org.tessera.model.tokenizer;

import java.util.Map;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.ElementType;
import org.tessera.model.engine.NativeTensor;

/**
 * A loaded tokenizer. Thread-safe: several threads may run it at once. Closed by whoever loaded it
 * (in production the model pool).
 */
public interface Tokenizer extends AutoCloseable {
  /** The bundle's manifest. */
  TokenizerManifest manifest();

  /** The bundle's fingerprint: 64 lower-case hex digits. */
  String fingerprint();

  /** A zeroed tensor in the engine's native memory; the caller closes it. */
  NativeTensor allocate(ElementType type, long... shape);

  /**
   * From signals to ids.
   *
   * @param inputs tensors by role ({@code signal}, ...), batch axis first; still owned by the
   *     caller
   * @throws org.tessera.model.engine.ModelException when the model fails, an input does not fit, or
   *     an id lies outside its codebook
   */
  Codes encode(Map<String, NativeTensor> inputs);

  /** Whether the bundle can turn ids back into signals. */
  boolean decodable();

  /**
   * From ids to signals.
   *
   * @param ids row-major over {@code [batch, shape...]}
   * @param shape the extents of one sample's tokens
   * @return the decoded signal, batch axis first; the caller closes it
   * @throws UnsupportedOperationException when not {@link #decodable}
   */
  NativeTensor decode(int[] ids, int batch, int[] shape);

  /** The device that runs the model, e.g. {@code CPU:0}. */
  String device();

  /** Engine name and version, e.g. {@code tensorflow 2.18.0}. */
  String engineVersion();

  @Override
  void close();
}
