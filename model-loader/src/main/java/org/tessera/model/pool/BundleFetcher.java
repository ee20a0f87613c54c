package org.tessera.model.pool;

import java.io.IOException;
import java.nio.file.Path;

/** Copies bundles from where they are kept; implemented where storage clients are. Thread-safe. */
@FunctionalInterface
public interface BundleFetcher {
  /**
   * Copies a bundle to the local disk.
   *
   * @param location where it is, in the implementation's terms: a directory or a zip file
   * @param target a path that does not exist; becomes a directory for a directory and a file for a
   *     zip file
   * @throws IOException when the copy fails; what was written so far is removed by the caller
   */
  void fetch(String location, Path target) throws IOException;
}
