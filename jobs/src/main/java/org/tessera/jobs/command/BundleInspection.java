package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.spark.Bundles;

/** What a bundle is: its manifest, checked, and its fingerprint. */
final class BundleInspection {
  private final String uri;
  private final Configuration configuration;

  BundleInspection(String uri, Configuration configuration) {
    this.uri = uri;
    this.configuration = configuration;
  }

  void describe(ObjectNode node) throws IOException {
    try (Bundle bundle = Bundles.open(uri, configuration)) {
      node.put("fingerprint", bundle.fingerprint());
      node.put("bytes", bundle.bytes());
      String text = Files.readString(bundle.root().resolve(TokenizerManifest.FILE_NAME));
      node.set("manifest", new ObjectMapper().readTree(text));
    }
  }
}
