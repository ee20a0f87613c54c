package org.tessera.pipeline.spark;

import java.io.IOException;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tessera.model.bundle.BundleWriter;

/** Models that tests make. */
public final class SavedModels {
  private SavedModels() {}

  /** Writes the session's graph as the bundle's {@code model}. */
  public static void export(Session session, BundleWriter writer, Signature... signatures)
      throws IOException {
    SavedModelBundle.Exporter exporter =
        SavedModelBundle.exporter(writer.directory().resolve("model").toString())
            .withTags(SavedModelBundle.DEFAULT_TAG)
            .withSession(session);
    for (Signature signature : signatures) {
      exporter.withSignature(signature);
    }
    exporter.export();
  }
}
