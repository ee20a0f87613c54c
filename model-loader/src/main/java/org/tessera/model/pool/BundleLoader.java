package org.tessera.model.pool;

import org.tessera.model.bundle.Bundle;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.Tokenizers;

/** Loads tokenizers from a node's bundle store and warms them up. */
public final class BundleLoader implements TokenizerLoader {
  private final BundleStore store;

  public BundleLoader(BundleStore store) {
    this.store = store;
  }

  @Override
  public Loaded load(TokenizerKey key) {
    try (Bundle bundle = store.get(key.location(), key.fingerprint())) {
      Tokenizer tokenizer = Tokenizers.load(bundle, key.options());
      try {
        tokenizer.warmUp();
        return new Loaded(tokenizer, bundle.bytes());
      } catch (RuntimeException e) {
        tokenizer.close();
        throw e;
      }
    }
  }
}
