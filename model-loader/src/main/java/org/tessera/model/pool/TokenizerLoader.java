package org.tessera.model.pool;

import org.tessera.model.tokenizer.Tokenizer;

/** Loads the tokenizers of a pool. Thread-safe. */
@FunctionalInterface
public interface TokenizerLoader {
  /**
   * A tokenizer that is ready to run.
   *
   * @param tokenizer the tokenizer; the pool closes it
   * @param bytes its weight in the pool
   */
  record Loaded(Tokenizer tokenizer, long bytes) {}

  /**
   * Loads and warms up.
   *
   * @throws org.tessera.model.engine.ModelException when the model cannot be loaded
   * @throws org.tessera.model.bundle.BundleException when the bundle cannot be used
   */
  Loaded load(TokenizerKey key);
}
