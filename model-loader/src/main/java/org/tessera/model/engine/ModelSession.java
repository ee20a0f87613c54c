package org.tessera.model.engine;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A loaded model. Thread-safe: several threads may run it at once. Closed by whoever loaded it (in
 * production the {@code ModelPool}); tensors that it handed out must be closed before it.
 */
public interface ModelSession extends AutoCloseable {
  /**
   * What the model says about a signature.
   *
   * @throws ModelException when the model has none of this name, listing those it has
   */
  ModelSignature signature(String name);

  /** Everything that the model can do. An engine without signatures has one, of no name. */
  List<ModelSignature> signatures();

  /** A zeroed tensor in this engine's native memory; the caller closes it. */
  NativeTensor allocate(ElementType type, long... shape);

  /** Whether {@link #run} takes this tensor: it is in the memory of the same engine. */
  boolean takes(NativeTensor tensor);

  /**
   * Runs one signature and returns some of its outputs; what only the others need is not computed.
   *
   * @param signature the signature's name, e.g. {@code encode}
   * @param inputs tensors by the signature's input names; still owned by the caller
   * @param outputs the names of the wanted outputs
   * @return tensors by output name; the caller closes each
   * @throws ModelException when the model fails, an input does not fit its signature, or the
   *     signature has no such output
   */
  Map<String, NativeTensor> run(
      String signature, Map<String, NativeTensor> inputs, Set<String> outputs);

  /** Runs one signature and returns all its outputs, as the other form does. */
  default Map<String, NativeTensor> run(String signature, Map<String, NativeTensor> inputs) {
    return run(signature, inputs, signature(signature).outputs().keySet());
  }

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
