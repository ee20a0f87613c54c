package org.tessera.udf.api;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The files beside a local file, read into memory when a decoder asks for them. Thread-safe.
 *
 * @param folder where they are; null where there are none
 */
record FolderCompanions(Path folder) implements SampleInput.Companions {
  /** Those of a file. */
  static FolderCompanions of(Path file) {
    return new FolderCompanions(file.toAbsolutePath().getParent());
  }

  @Override
  public Optional<ByteSource> find(String name) throws SampleException {
    if (folder == null || name.isEmpty() || name.indexOf('/') >= 0 || name.indexOf('\\') >= 0) {
      return Optional.empty();
    }
    Path companion = folder.resolve(name);
    if (!Files.isRegularFile(companion)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new HeapSource(Files.readAllBytes(companion)));
    } catch (IOException e) {
      throw SampleException.passing(
          Phase.FETCH,
          RejectCode.UNREADABLE,
          "Cannot read companion " + name + ": " + e.getMessage());
    }
  }
}
