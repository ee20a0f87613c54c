package org.tessera.pipeline.spark.fit;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.tessera.pipeline.fit.FitState;
import org.tessera.pipeline.storage.Storage;

/** The state of a fit in a directory of any Hadoop file system. Not thread-safe. */
final class HadoopState implements FitState {
  private final Path directory;
  private final Configuration configuration;
  private final FileSystem files;

  HadoopState(String directory, Configuration configuration) throws IOException {
    this.configuration = configuration;
    Path path = new Path(directory);
    this.files = path.getFileSystem(configuration);
    this.directory = files.makeQualified(path);
  }

  @Override
  public Optional<byte[]> read(String name) {
    Path path = new Path(directory, name);
    try (var in = isLocal() ? Files.newInputStream(Storage.local(path)) : files.open(path)) {
      return Optional.of(in.readAllBytes());
    } catch (FileNotFoundException | NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the state of the fit in " + directory, e);
    }
  }

  @Override
  public void write(String name, byte[] content) {
    Path target = new Path(directory, name);
    try {
      if (isLocal()) {
        // Hadoop would start several processes for each rename.
        Storage.replaceLocal(Storage.local(target), content);
        return;
      }
      Path fresh = new Path(directory, name + ".new");
      try (var out = files.create(fresh, true)) {
        out.write(content);
      }
      FileContext.getFileContext(target.toUri(), configuration)
          .rename(fresh, target, Options.Rename.OVERWRITE);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write the state of the fit in "
              + directory
              + " (check the permission to write, and free space): "
              + e.getMessage(),
          e);
    }
  }

  private boolean isLocal() {
    return files.getScheme().equals("file");
  }

  /** Removes the directory. */
  void delete() throws IOException {
    files.delete(directory, true);
  }
}
