package org.tessera.model.bundle;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a bundle: put the model files under {@link #directory}, then {@link #finish}. Everything
 * is written beside the target and moved there at the end, so a half-written bundle is never seen.
 * Not thread-safe; {@link #close} removes what was not finished.
 *
 * <pre>{@code
 * try (BundleWriter writer = BundleWriter.to(Path.of("speech.bundle"))) {
 *   writer.add(savedModel, "model");
 *   writer.finish(TokenizerManifest.builder("speech", Modality.AUDIO) ... );
 * }
 * }</pre>
 */
public final class BundleWriter implements AutoCloseable {
  private static final ObjectWriter JSON =
      JsonMapper.builder().build().writerWithDefaultPrettyPrinter();

  private final Path target;
  private final Path staging;

  private BundleWriter(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
  }

  /**
   * Begins a bundle.
   *
   * @param target the bundle's place, which must not exist; a name that ends in {@code .zip} makes
   *     a zip file
   * @throws BundleException when something is there already
   */
  public static BundleWriter to(Path target) {
    Path absolute = target.toAbsolutePath().normalize();
    if (Files.exists(absolute)) {
      throw new BundleException(
          "Cannot write bundle " + target + ": it exists (give another path, or remove it first)");
    }
    try {
      Files.createDirectories(absolute.getParent());
      Path staging =
          Files.createTempDirectory(absolute.getParent(), "." + absolute.getFileName() + "-");
      return new BundleWriter(absolute, staging);
    } catch (IOException e) {
      throw new BundleException("Cannot write bundle " + target + ": " + e, e);
    }
  }

  /** Where the bundle's files go until {@link #finish}. */
  public Path directory() {
    return staging;
  }

  /** Copies a file or a directory tree into the bundle. */
  public void add(Path source, String path) {
    BundlePaths.problem(path)
        .ifPresent(
            problem -> {
              throw new BundleException("Cannot write bundle " + target + ": " + problem);
            });
    try (Stream<Path> tree = Files.walk(source)) {
      for (Path from : (Iterable<Path>) tree.sorted(Comparator.naturalOrder())::iterator) {
        Path to = staging.resolve(path).resolve(source.relativize(from).toString()).normalize();
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else {
          Files.createDirectories(to.getParent());
          Files.copy(from, to);
        }
      }
    } catch (IOException e) {
      throw new BundleException("Cannot copy " + source + " into bundle " + target + ": " + e, e);
    }
  }

  /**
   * Computes the digests, writes the manifest and moves the bundle to its place.
   *
   * @param manifest the manifest; its digests are replaced
   * @return the finished bundle, opened as a user's is; for a zip the caller must close it
   * @throws BundleException when the manifest has problems or the files cannot be written
   */
  public Bundle finish(TokenizerManifest.Builder manifest) {
    try {
      SortedMap<String, String> digests = new TreeMap<>();
      for (Map.Entry<String, Path> file :
          BundleFiles.list(staging, BundleLimits.DEFAULT).entrySet()) {
        digests.put(file.getKey(), Digests.of(file.getValue()));
      }
      TokenizerManifest complete = manifest.files(digests).build();
      String text = JSON.writeValueAsString(ManifestWriter.write(complete)) + "\n";
      Files.writeString(staging.resolve(TokenizerManifest.FILE_NAME), text);
      if (target.getFileName().toString().endsWith(".zip")) {
        moveZip();
      } else {
        openToReaders(staging);
        Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new BundleException("Cannot write bundle " + target + ": " + e, e);
    }
    return Bundle.open(target);
  }

  private void moveZip() throws IOException {
    Path zip = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".tmp");
    try {
      SortedMap<String, Path> files =
          new TreeMap<>(BundleFiles.list(staging, BundleLimits.DEFAULT));
      files.put(TokenizerManifest.FILE_NAME, staging.resolve(TokenizerManifest.FILE_NAME));
      try (OutputStream out = Files.newOutputStream(zip);
          ZipOutputStream zipOut = new ZipOutputStream(out)) {
        for (Map.Entry<String, Path> file : files.entrySet()) {
          ZipEntry entry = new ZipEntry(file.getKey());
          entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
          zipOut.putNextEntry(entry);
          Files.copy(file.getValue(), zipOut);
          zipOut.closeEntry();
        }
      }
      openToReaders(zip);
      Files.move(zip, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(zip);
    }
  }

  /** Temporary files are private to their owner; a finished bundle is as readable as any file. */
  private static void openToReaders(Path path) throws IOException {
    if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
      var permissions = Files.getPosixFilePermissions(path);
      permissions.add(java.nio.file.attribute.PosixFilePermission.GROUP_READ);
      permissions.add(java.nio.file.attribute.PosixFilePermission.OTHERS_READ);
      if (Files.isDirectory(path)) {
        permissions.add(java.nio.file.attribute.PosixFilePermission.GROUP_EXECUTE);
        permissions.add(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE);
      }
      Files.setPosixFilePermissions(path, permissions);
    }
  }

  @Override
  public void close() {
    try {
      BundleFiles.delete(staging);
    } catch (IOException e) {
      throw new BundleException("Cannot remove " + staging + ": " + e, e);
    }
  }
}
