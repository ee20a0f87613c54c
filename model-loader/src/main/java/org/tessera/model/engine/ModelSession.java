package org.tessera.model.engine;

import java.util.Map;

/**
 * A loaded model. Thread-safe: several threads may run it at once. Closed by whoever loaded it (in
 * production the {@code ModelPool}); tensors that it handed out must be closed before it.
 */
public interface ModelSession extends AutoCloseable {
  /** A zeroed tensor in this engine's native memory; the caller closes it. */
  NativeTensor allocate(ElementType type, long... shape);

  /**
   * Runs one signature.
   *
   * @param signature the signature's name, e.g. {@code encode}
   * @param inputs tensors by the signature's input names; still owned by the caller
   * @return tensors by the signature's output names; the caller closes each
   * @throws ModelException when the model fails or an input does not fit its signature
   */
  Map<String, NativeTensor> run(String signature, Map<String, NativeTensor> inputs);

  /** The device that runs the model, as the engine names it, e.g. {@code CPU:0}. */
  String device();

  /**
   * The engine's name and version, part of the numerics fingerprint, e.g. {@code tensorflow
   * 2.18.0}.
   */
  String engineVersion();

  @Override
  void close();
}
