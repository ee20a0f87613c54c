package org.tessera.udf.eeg.read;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.tessera.udf.sample.FileSource;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** A recording of a local file, with the files beside it as companions. */
record OpenFile(FileSource source, Recording recording) implements AutoCloseable {
  static OpenFile of(Path file) throws IOException, SampleException {
    return of(file, Limits.DEFAULT);
  }

  static OpenFile of(Path file, Limits limits) throws IOException, SampleException {
    FileSource source = new FileSource(file);
    try {
      return new OpenFile(source, Recordings.open(input(file, source), limits, RecordCount.STRICT));
    } catch (SampleException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  static SampleInput input(Path file, FileSource source) {
    return new SampleInput(
        file.getFileName().toString(), source, name -> companion(file.resolveSibling(name)));
  }

  private static Optional<org.tessera.udf.sample.ByteSource> companion(Path file) {
    try {
      return Files.exists(file)
          ? Optional.of(new HeapSource(Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
