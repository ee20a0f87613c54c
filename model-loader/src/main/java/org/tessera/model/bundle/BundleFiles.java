package org.tessera.model.bundle;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files of a bundle directory. */
final class BundleFiles {
  private BundleFiles() {}

  /**
   * All files but the manifest, by path relative to the bundle with {@code /}.
   *
   * @throws BundleException for links and other things that are neither file nor directory, and
   *     when there are more files or bytes than the limits allow
   */
  static SortedMap<String, Path> list(Path root, BundleLimits limits) throws IOException {
    SortedMap<String, Path> files = new TreeMap<>();
    long[] bytes = new long[1];
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String path = root.relativize(file).toString().replace('\\', '/');
            if (!attributes.isRegularFile()) {
              throw new BundleException(
                  "Cannot use bundle " + root + ": " + path + " is no regular file (copy it in)");
            }
            bytes[0] += attributes.size();
            if (!path.equals(TokenizerManifest.FILE_NAME)) {
              files.put(path, file);
            }
            if (files.size() > limits.files() || bytes[0] > limits.bytes()) {
              throw new BundleException(
                  "Cannot use bundle "
                      + root
                      + ": it has more than "
                      + limits.files()
                      + " files or "
                      + limits.bytes()
                      + " bytes (is this the right directory?)");
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  /** Deletes a directory tree; links are removed, not followed. Nothing happens when it is gone. */
  static void delete(Path root) throws IOException {
    if (!Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
