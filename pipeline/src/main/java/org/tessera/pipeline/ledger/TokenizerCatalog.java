package org.tessera.pipeline.ledger;

import java.io.IOException;
import java.util.Optional;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.storage.Storage;

/**
 * The manifests of the tokenizers that made an output's tokens, so that rows can be read and
 * checked without the bundles. Thread-safe.
 */
public final class TokenizerCatalog {
  private final Storage storage;

  public TokenizerCatalog(Storage storage) {
    this.storage = storage;
  }

  /** Keeps a tokenizer's manifest, with the layout that its tokens have, once. */
  public void add(TokenizerManifest manifest, String identity) throws IOException {
    storage.create(file(identity), manifest.toJson());
  }

  /** The manifest of an identity; empty when the output has no tokens of it. */
  public Optional<TokenizerManifest> find(String identity) throws IOException {
    return storage.read(file(identity)).map(TokenizerManifest::fromJson);
  }

  private static String file(String identity) {
    return OutputLayout.STATE + "/tokenizers/" + identity + ".json";
  }
}
