package org.tessera.pipeline.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.tessera.model.bundle.Bundle;

/** Finds bundles on any file system that Hadoop knows. */
public final class Bundles {
  private Bundles() {}

  /** The full URI of a bundle, which means the same on every node. */
  public static String absolute(String uri, Configuration configuration) {
    try {
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(uri);
      return path.getFileSystem(configuration).makeQualified(path).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot find bundle " + uri, e);
    }
  }

  /** The local path of a bundle that every node can see. */
  public static Path local(String uri, Configuration configuration) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(absolute(uri, configuration));
    FileSystem fileSystem = path.getFileSystem(configuration);
    if (fileSystem.getScheme().equals("file")) {
      return Path.of(path.toUri().getPath());
    }
    Path local = Files.createTempDirectory("tessera-bundle-").resolve(path.getName());
    fileSystem.copyToLocalFile(false, path, new org.apache.hadoop.fs.Path(local.toUri()), true);
    return local;
  }

  /**
   * Opens a bundle and checks its files.
   *
   * @throws FileNotFoundException when nothing is there
   */
  public static Bundle open(String uri, Configuration configuration) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(absolute(uri, configuration));
    FileSystem fileSystem = path.getFileSystem(configuration);
    if (!fileSystem.exists(path)) {
      throw new FileNotFoundException(
          "Cannot open bundle " + uri + ": nothing is there (make one with tessera fit or bundle)");
    }
    return Bundle.open(local(uri, configuration));
  }
}
