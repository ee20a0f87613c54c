package org.tessera.pipeline.spark.fit;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.tessera.model.bundle.Bundle;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.pipeline.spark.Bundles;

/** The encoder of a fit on the driver, or none. Closing it closes the bundle. */
final class Encoder implements AutoCloseable {
  private final Optional<Bundle> bundle;
  private final String uri;

  private Encoder(Optional<Bundle> bundle, String uri) {
    this.bundle = bundle;
    this.uri = uri;
  }

  /** Opens the bundle that a specification names, where it names one. */
  static Encoder open(FitSpec spec, Configuration configuration) throws IOException {
    if (spec.encoder().isEmpty()) {
      return new Encoder(Optional.empty(), "");
    }
    String uri = Bundles.absolute(spec.encoder().get().bundle(), configuration);
    return new Encoder(Optional.of(Bundles.open(uri, configuration)), uri);
  }

  Optional<Bundle> bundle() {
    return bundle;
  }

  /** A source of what is learned from. */
  TrainingSource over(TrainingSource source, String device) {
    return bundle.isEmpty()
        ? source
        : new EncodedSource(source, uri, bundle.get().fingerprint(), device);
  }

  @Override
  public void close() {
    bundle.ifPresent(Bundle::close);
  }
}
