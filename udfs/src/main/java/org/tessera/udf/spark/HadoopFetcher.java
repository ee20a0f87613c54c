package org.tessera.udf.spark;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.tessera.model.pool.BundleFetcher;

/** Copies bundles from any file system that Hadoop knows. Thread-safe. */
final class HadoopFetcher implements BundleFetcher {
  private final Configuration configuration;

  HadoopFetcher(Configuration configuration) {
    this.configuration = configuration;
  }

  @Override
  public void fetch(String location, Path target) throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
    FileSystem fileSystem = path.getFileSystem(configuration);
    fileSystem.copyToLocalFile(false, path, new org.apache.hadoop.fs.Path(target.toUri()), true);
  }
}
