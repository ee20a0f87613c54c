package org.tessera.pipeline.read;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.functional.FutureIO;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.pipeline.storage.LocalNames;
import org.tessera.pipeline.storage.Retries;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.FileSource;
import org.tessera.udf.sample.HeapSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.Sha256;

/**
 * Reads whole objects as they were planned. Small ones are held in memory, large ones spooled to a
 * local file, so that memory is bounded and access is random either way. Thread-safe.
 */
public final class ObjectReader {
  private static final int CHUNK = 1 << 16;
  private static final String LOCAL = "file:/";

  private final Configuration configuration;
  private final long maxBytes;
  private final long heapBytes;
  private final boolean plainLocal;

  /**
   * A reader.
   *
   * @param maxBytes larger objects are rejected
   * @param heapBytes larger objects are spooled
   */
  public ObjectReader(Configuration configuration, long maxBytes, long heapBytes) {
    this.configuration = configuration;
    this.maxBytes = maxBytes;
    this.heapBytes = heapBytes;
    Class<?> local = configuration.getClass("fs.file.impl", LocalFileSystem.class);
    this.plainLocal = local == LocalFileSystem.class;
  }

  /** Content and what it takes to let go of it. */
  public record Content(ByteSource source, Runnable release) {}

  /**
   * Reads one object.
   *
   * @throws SampleException MISSING, UNREADABLE, CHANGED, EMPTY or TOO_LARGE
   * @throws IOException when the storage failed
   */
  public Content read(ObjectState planned) throws SampleException, IOException {
    Found found = check(planned);
    Limits.checkBytes(found.size(), maxBytes);
    try {
      Content content = Retries.read(() -> readOnce(found));
      checkStillThere(planned, content);
      return content;
    } catch (IOException e) {
      throw rejectionOrFailure(e);
    }
  }

  private Content readOnce(Found found) throws IOException {
    try (InputStream in = found.stream().open()) {
      return found.size() <= heapBytes
          ? onHeap(in, Math.toIntExact(found.size()))
          : spooled(in, found.size());
    }
  }

  /** An object without a version mark may have been replaced while it was read. */
  private void checkStillThere(ObjectState planned, Content content)
      throws SampleException, IOException {
    if (planned.etag().isEmpty()) {
      try {
        check(planned);
      } catch (SampleException | IOException e) {
        content.release().run();
        throw e;
      }
    }
  }

  /**
   * Opens one object as a stream, of whatever size; the caller closes it.
   *
   * @throws SampleException MISSING, UNREADABLE, CHANGED or EMPTY
   * @throws IOException when the storage failed
   */
  public InputStream open(ObjectState planned) throws SampleException, IOException {
    Found found = check(planned);
    try {
      return found.stream().open();
    } catch (IOException e) {
      throw rejectionOrFailure(e);
    }
  }

  /** What concerns this one object is a rejection; the rest is a failure of the storage. */
  private static IOException rejectionOrFailure(IOException e) throws SampleException {
    if (e instanceof AccessDeniedException || e instanceof AccessControlException) {
      throw denied(e);
    }
    // S3A's, which is not on this module's class path: the object's mark is not the planned one.
    if (e.getClass().getSimpleName().equals("RemoteFileChangedException")) {
      throw changed();
    }
    if (e instanceof FileNotFoundException || e instanceof NoSuchFileException) {
      throw missing();
    }
    return e;
  }

  /** Hadoop's settings, for readers of their own. */
  Configuration configuration() {
    return configuration;
  }

  /**
   * Makes sure that an object still is the planned one, without reading it.
   *
   * @throws SampleException MISSING, UNREADABLE, CHANGED or EMPTY
   * @throws IOException when the storage failed
   */
  public void checkUnchanged(ObjectState planned) throws SampleException, IOException {
    check(planned);
  }

  /** An object as it is now. */
  private record Found(ObjectState state, Stream stream) {
    long size() {
      return state.size();
    }
  }

  @FunctionalInterface
  private interface Stream {
    InputStream open() throws IOException;
  }

  private Found check(ObjectState planned) throws SampleException, IOException {
    Found found;
    try {
      found = find(planned.uri());
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw missing();
    } catch (AccessDeniedException | AccessControlException e) {
      throw denied(e);
    }
    if (!planned.matches(found.state())) {
      throw changed();
    }
    if (found.size() == 0) {
      throw SampleException.at(
          Phase.FETCH, RejectCode.EMPTY, "Cannot use an empty object (0 bytes)", 0);
    }
    return found;
  }

  private Found find(String uri) throws SampleException, IOException {
    if (plainLocal && uri.startsWith(LOCAL) && !uri.startsWith(LOCAL + "/")) {
      try {
        Path file = Path.of(uri.substring(LOCAL.length() - 1));
        if (!Files.exists(file.resolveSibling("." + file.getFileName() + ".crc"))) {
          return local(uri, file);
        }
      } catch (InvalidPathException e) {
        throw SampleException.passing(
            Phase.FETCH,
            RejectCode.UNREADABLE,
            String.format(
                "Cannot read the planned object: its name is not in this process's character set"
                    + " %s (%s, then --retry-rejected)",
                LocalNames.charset(), LocalNames.ADVICE));
      }
    }
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(uri);
    FileSystem fileSystem = path.getFileSystem(configuration);
    FileStatus status = fileSystem.getFileStatus(path);
    return new Found(
        InputLister.state(status),
        () ->
            FutureIO.awaitFuture(
                fileSystem
                    .openFile(status.getPath())
                    .withFileStatus(status)
                    .opt("fs.option.openfile.read.policy", "whole-file")
                    .build()));
  }

  private static BasicFileAttributes attributes(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (FileSystemException e) {
      // A link to itself leads to no file.
      throw Files.isSymbolicLink(file) ? new NoSuchFileException(file.toString()) : e;
    }
  }

  /** A file without Hadoop's checksums: Hadoop takes ten times as long to open it. */
  private static Found local(String uri, Path file) throws IOException {
    BasicFileAttributes attributes = attributes(file);
    long modified = attributes.lastModifiedTime().toMillis();
    return new Found(
        new ObjectState(uri, attributes.size(), modified, ""), () -> Files.newInputStream(file));
  }

  private static Content onHeap(InputStream in, int size) throws IOException {
    byte[] bytes = new byte[size];
    int done = 0;
    for (int count = 0; count >= 0 && done < size; done += Math.max(0, count)) {
      count = in.read(bytes, done, Math.min(CHUNK, size - done));
    }
    checkLength(done, size);
    return new Content(new HeapSource(bytes), () -> {});
  }

  private static Content spooled(InputStream in, long size) throws IOException {
    Path file = Files.createTempFile("tessera-spool-", ".bin");
    file.toFile().deleteOnExit();
    try {
      MessageDigest digest = Sha256.digest();
      long done = 0;
      byte[] chunk = new byte[CHUNK];
      try (OutputStream out = Files.newOutputStream(file)) {
        for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
          out.write(chunk, 0, count);
          digest.update(chunk, 0, count);
          done += count;
        }
      }
      checkLength(done, size);
      FileSource source = new FileSource(file, HexFormat.of().formatHex(digest.digest()));
      return new Content(source, () -> delete(source, file));
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  private static void delete(FileSource source, Path file) {
    try (source) {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot delete the spool file " + file, e);
    }
  }

  private static void checkLength(long done, long planned) throws IOException {
    if (done != planned) {
      throw new IOException("the stream ended after " + done + " of " + planned + " bytes");
    }
  }

  private static SampleException denied(IOException e) {
    return SampleException.passing(
        Phase.FETCH,
        RejectCode.UNREADABLE,
        "Cannot read the planned object: access is denied (grant it, then --retry-rejected): "
            + e.getMessage());
  }

  private static SampleException changed() {
    return SampleException.passing(
        Phase.FETCH,
        RejectCode.CHANGED,
        "Cannot read the planned object: it changed since the plan was made (run again to take"
            + " the new one)");
  }

  private static SampleException missing() {
    return SampleException.passing(
        Phase.FETCH,
        RejectCode.MISSING,
        "Cannot read the planned object: it is gone, a link to nothing, or has a name that is no text"
            + " (restore it, then --retry-rejected)");
  }
}
