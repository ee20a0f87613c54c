package org.tessera.model.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.tessera.model.bundle.Randomness;

/**
 * Loads model files of one kind. Providers are found by {@link java.util.ServiceLoader} and must be
 * cheap to construct: natives load on the first {@link #load}.
 */
public interface Engine {
  /** The name that manifests use, e.g. {@code tensorflow}. */
  String name();

  /**
   * Judges a model without running it: whether it reaches files, other processes or the network,
   * whether it draws random numbers that the manifest does not declare, and whether it claims
   * tensors of absurd sizes.
   *
   * @param model the SavedModel directory or model file
   * @param encoders the signatures whose results must be repeatable; random numbers elsewhere, as
   *     in a decoder, are not judged
   * @param randomness what the manifest declares
   * @return what was found; empty when nothing was
   */
  List<Finding> scan(Path model, Set<String> encoders, Randomness randomness);

  /** Whether a path looks like a model of this engine. */
  boolean recognizes(Path model);

  /**
   * The files beside a model that belong to it, e.g. weights that are kept outside an ONNX file.
   *
   * @return their paths, as the model names them
   */
  default List<Path> companions(Path model) {
    return List.of();
  }

  /**
   * Loads a model. A model is code: load only what was verified or is trusted.
   *
   * @param model the SavedModel directory or model file
   * @param signatures the signatures that will be run; each must exist. An engine whose models have
   *     one unnamed signature takes any name for it.
   * @throws ModelException when the files do not hold such a model
   */
  ModelSession load(Path model, Set<String> signatures, EngineOptions options);
}
