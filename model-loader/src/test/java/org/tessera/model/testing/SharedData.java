package org.tessera.model.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Test data kept outside the repository: a corpus of real files and real models. */
public final class SharedData {
  private SharedData() {}

  /** A folder or file of the shared data, which must be there. */
  public static Path path(String relative) {
    String root = System.getProperty("tessera.shared", "");
    if (root.isEmpty()) {
      throw new AssertionError(
          "Cannot find the shared test data: tessera.shared is not set (run Maven with"
              + " -Dtessera.shared=FOLDER, or without the tests tagged corpus)");
    }
    Path path = Path.of(root).resolve(relative);
    if (!Files.exists(path)) {
      throw new AssertionError("Cannot find " + path + " (check -Dtessera.shared)");
    }
    return path;
  }
}
