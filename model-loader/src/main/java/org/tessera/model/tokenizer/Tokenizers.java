package org.tessera.model.tokenizer;

import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.engine.ModelException;

/** Loads tokenizers from bundles. */
public final class Tokenizers {
  private Tokenizers() {}

  /**
   * Loads a bundle's models and puts its quantizer behind them: into the model's own graph where
   * the last model is TensorFlow's, else into a TensorFlow graph of its own.
   *
   * <p>Everything is read when this returns, but for the vectors that {@link Tokenizer#features}
   * takes of finished ids, whose files must still be there; the bundle can be closed before the
   * tokenizer.
   *
   * @return the tokenizer; the caller closes it
   * @throws ModelException when a model cannot be loaded or does not have the tensors that the
   *     manifest names, or when the quantizer does not fit
   * @throws IllegalArgumentException when more or fewer ids are to be kept than the manifest allows
   */
  public static Tokenizer load(Bundle bundle, TokenizerOptions options) {
    return new TokenizerAssembly(bundle, options).assemble();
  }

  /**
   * Checks, without loading a model, that {@link Tokenizer#features} will find any.
   *
   * @throws ModelException when the models return ids and the bundle keeps no vectors for them
   */
  public static void requireFeatures(Bundle bundle) {
    if (bundle.manifest().output() == ModelOutput.IDS) {
      new TokenizerAssembly(bundle, TokenizerOptions.threads(1)).codeVectors();
    }
  }
}
