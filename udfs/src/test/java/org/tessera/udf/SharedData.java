package org.tessera.udf;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the test data kept outside the repository is; tests that use it are tagged corpus. */
public final class SharedData {
  private SharedData() {}

  /**
   * A file or folder of the shared data.
   *
   * @throws AssertionError when the data is not there
   */
  public static Path path(String relative) {
    String root = System.getProperty("tessera.shared", "");
    if (root.isEmpty()) {
      throw new AssertionError(
          "Cannot find the shared test data (run with -Dtessera.shared=FOLDER)");
    }
    Path path = Path.of(root, relative);
    if (!Files.exists(path)) {
      throw new AssertionError("Cannot find " + path + " (is -Dtessera.shared complete?)");
    }
    return path;
  }
}
