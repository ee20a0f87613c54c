package org.tessera.pipeline.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * File operations below one root; nothing outside it is ever changed. Thread-safe. Credentials come
 * from Hadoop's providers only.
 */
public final class Storage {
  private final Path root;
  private final FileSystem fileSystem;

  /** Opens the storage that holds {@code root}. */
  public Storage(String root, Configuration configuration) throws IOException {
    Path path = new Path(root);
    this.fileSystem = path.getFileSystem(configuration);
    this.root = fileSystem.makeQualified(path);
  }

  /** The root as a full URI. */
  public String root() {
    return root.toString();
  }

  /** The full path of a name below the root. */
  public Path path(String relative) {
    if (relative.isEmpty() || relative.startsWith("/") || relative.contains("..")) {
      throw new IllegalArgumentException(
          "Cannot use " + relative + ": it is not a path below " + root);
    }
    return new Path(root, relative);
  }

  /** The file system of the root; closed by Hadoop. */
  public FileSystem fileSystem() {
    return fileSystem;
  }

  /** Whether the file or folder exists. */
  public boolean exists(String relative) throws IOException {
    return fileSystem.exists(path(relative));
  }

  /** A small text file's content; empty when it is not there. */
  public Optional<String> read(String relative) throws IOException {
    return Retries.read(() -> readOnce(relative));
  }

  private Optional<String> readOnce(String relative) throws IOException {
    try (var in = fileSystem.open(path(relative))) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * Writes a small text file that must not exist yet with another text.
   *
   * @return false when somebody else wrote it first; nothing is changed then
   */
  public boolean create(String relative, String text) throws IOException {
    Path path = path(relative);
    if (!fileSystem.mkdirs(path.getParent())) {
      throw new IOException(
          "Cannot make the folder " + path.getParent() + " (check the permission to write)");
    }
    if (fileSystem.getScheme().equals("file")) {
      return createLocal(path, text);
    }
    FSDataOutputStreamBuilder<?, ?> builder = fileSystem.createFile(path);
    builder.overwrite(false);
    builder.recursive();
    // S3A then writes with If-None-Match, which the store itself decides.
    builder.opt("fs.option.create.conditional.overwrite", true);
    try (FSDataOutputStream out = (FSDataOutputStream) builder.build()) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (FileAlreadyExistsException e) {
      return isOurs(relative, text);
    } catch (IOException e) {
      if (existsByAnswer(e)) {
        return isOurs(relative, text);
      }
      throw e;
    }
    return true;
  }

  /** S3A's exception, which is not on this module's class path, for 412 Precondition Failed. */
  private static boolean existsByAnswer(IOException e) {
    return e.getClass().getSimpleName().equals("RemoteFileChangedException")
        || String.valueOf(e.getMessage()).contains("Status Code: 412");
  }

  /**
   * A request that was repeated because its first answer was lost finds what it wrote itself; so
   * texts that processes compete with must differ.
   */
  private boolean isOurs(String relative, String text) throws IOException {
    return !text.isEmpty() && read(relative).filter(text::equals).isPresent();
  }

  /** Writes or replaces a small text file; on local disks and S3 readers see the old or the new. */
  public void replace(String relative, String text) throws IOException {
    if (fileSystem.getScheme().equals("file")) {
      replaceLocal(local(path(relative)), text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    try (FSDataOutputStream out = fileSystem.create(path(relative), true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** The files directly in a folder, sorted by name; empty when it is not there. */
  public List<FileStatus> list(String relative) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    try {
      for (FileStatus status : fileSystem.listStatus(path(relative))) {
        files.add(status);
      }
    } catch (FileNotFoundException e) {
      return List.of();
    }
    files.sort(Comparator.comparing(status -> status.getPath().getName()));
    return files;
  }

  /** Deletes a file or folder below the root; returns whether it was there. */
  public boolean delete(String relative) throws IOException {
    return fileSystem.delete(path(relative), true);
  }

  /** Writes or replaces a file of the local disk, of which readers see the old or the new. */
  public static void replaceLocal(java.nio.file.Path target, byte[] content) throws IOException {
    java.nio.file.Files.createDirectories(target.getParent());
    java.nio.file.Path temporary =
        java.nio.file.Files.createTempFile(target.getParent(), ".", ".tmp");
    try {
      java.nio.file.Files.write(temporary, content);
      java.nio.file.Files.move(temporary, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    } finally {
      java.nio.file.Files.deleteIfExists(temporary);
    }
  }

  /** The path of a file on the local disk. */
  public static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  /** Hadoop's local create is not exclusive under races; the platform's link is. */
  private static boolean createLocal(Path path, String text) throws IOException {
    java.nio.file.Path target = local(path);
    java.nio.file.Path temporary =
        java.nio.file.Files.createTempFile(target.getParent(), ".", ".tmp");
    try {
      java.nio.file.Files.writeString(temporary, text);
      java.nio.file.Files.createLink(target, temporary);
      return true;
    } catch (java.nio.file.FileAlreadyExistsException e) {
      return false;
    } finally {
      java.nio.file.Files.deleteIfExists(temporary);
    }
  }
}
