package org.tessera.model.bundle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Manifests as JSON trees, for tools that make or show them. */
public final class ManifestJson {
  private ManifestJson() {}

  /**
   * Reads a manifest strictly, as {@link Bundle#open} does.
   *
   * @param subject what a message begins with, e.g. {@code Cannot read spec.yaml}
   * @throws BundleException listing every problem
   */
  public static TokenizerManifest read(JsonNode tree, String subject) {
    return ManifestReader.read(tree, subject);
  }

  /** The tree that is written to {@code tokenizer.json}. */
  public static ObjectNode write(TokenizerManifest manifest) {
    return ManifestWriter.write(manifest);
  }
}
