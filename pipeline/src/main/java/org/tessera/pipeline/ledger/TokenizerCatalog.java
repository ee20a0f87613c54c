package org.tessera.pipeline.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.tessera.model.bundle.Bundle;
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

  /** Keeps a bundle's manifest, once. */
  public void add(Bundle bundle) throws IOException {
    String text = Files.readString(bundle.root().resolve(TokenizerManifest.FILE_NAME));
    storage.create(file(bundle.fingerprint()), text);
  }

  /** The manifest of a fingerprint; empty when the output has no tokens of it. */
  public Optional<TokenizerManifest> find(String fingerprint) throws IOException {
    return storage.read(file(fingerprint)).map(TokenizerManifest::fromJson);
  }

  private static String file(String fingerprint) {
    return OutputLayout.STATE + "/tokenizers/" + fingerprint + ".json";
  }
}
