package org.tessera.model.bundle;

import java.util.Optional;

/** Which relative paths a bundle may hold. */
final class BundlePaths {
  private BundlePaths() {}

  /**
   * What is wrong with a path, if anything: it must be relative, with {@code /}, and stay inside
   * the bundle on every platform.
   */
  static Optional<String> problem(String path) {
    if (path.isEmpty() || path.length() > 1024) {
      return Optional.of("cannot use path '" + path + "' (1 to 1024 characters)");
    }
    boolean control = path.chars().anyMatch(c -> c < 0x20 || c == 0x7f);
    if (control || path.indexOf('\\') >= 0 || path.indexOf(':') >= 0) {
      return Optional.of(
          "cannot use path " + printable(path) + " (no control characters, \\ or :)");
    }
    if (path.startsWith("/")) {
      return Optional.of("cannot use path " + path + " (it must be relative to the bundle)");
    }
    for (String part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return Optional.of("cannot use path " + path + " (it must stay inside the bundle)");
      }
    }
    if (path.equals(TokenizerManifest.FILE_NAME)) {
      return Optional.of("cannot use path " + path + " (the manifest does not list itself)");
    }
    return Optional.empty();
  }

  private static String printable(String path) {
    return path.replaceAll("\\p{Cntrl}", "?");
  }
}
