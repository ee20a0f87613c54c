package org.tessera.model.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A tokenizer bundle on the local disk whose manifest was read strictly and whose every file has
 * the digest that the manifest says. Immutable and thread-safe. Whoever opened it closes it; a
 * bundle that was opened from a zip then removes its unpacked files.
 */
public final class Bundle implements AutoCloseable {
  static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path root;
  private final TokenizerManifest manifest;
  private final String fingerprint;
  private final Optional<Path> temporary;

  private Bundle(
      Path root, TokenizerManifest manifest, String fingerprint, Optional<Path> temporary) {
    this.root = root;
    this.manifest = manifest;
    this.fingerprint = fingerprint;
    this.temporary = temporary;
  }

  /**
   * Opens a bundle with the default limits.
   *
   * @param location a directory or a zip file
   * @throws BundleException when it is no bundle, a file is missing, too much or changed, or the
   *     manifest has problems; all of them are listed
   */
  public static Bundle open(Path location) {
    return open(location, BundleLimits.DEFAULT);
  }

  /** Opens a bundle with other limits, as {@link #open(Path)} does. */
  public static Bundle open(Path location, BundleLimits limits) {
    try {
      if (Files.isDirectory(location)) {
        return read(location, limits, Optional.empty());
      }
      if (!Files.isRegularFile(location)) {
        throw new BundleException(
            "Cannot open bundle " + location + ": no such directory or zip file");
      }
      return openZip(location, limits);
    } catch (IOException e) {
      throw new BundleException("Cannot open bundle " + location + ": " + e, e);
    }
  }

  private static Bundle openZip(Path zip, BundleLimits limits) throws IOException {
    Path directory = Files.createTempDirectory("tessera-bundle-");
    try {
      BundleUnpacker.unpack(zip, directory, limits);
      return read(directory, limits, Optional.of(directory));
    } catch (IOException | RuntimeException e) {
      BundleFiles.delete(directory);
      throw e;
    }
  }

  private static Bundle read(Path root, BundleLimits limits, Optional<Path> temporary)
      throws IOException {
    JsonNode tree = tree(root, limits);
    TokenizerManifest manifest =
        ManifestReader.read(tree, "Cannot read " + root.resolve(TokenizerManifest.FILE_NAME));
    checkFiles(root, manifest, limits);
    return new Bundle(root, manifest, Digests.of(CanonicalJson.bytes(tree)), temporary);
  }

  private static JsonNode tree(Path root, BundleLimits limits) throws IOException {
    Path file = root.resolve(TokenizerManifest.FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw new BundleException(
          "Cannot open bundle "
              + root
              + ": it has no "
              + TokenizerManifest.FILE_NAME
              + " (make a bundle of a model with: tessera bundle create)");
    }
    long size = Files.size(file);
    if (size > limits.manifestBytes()) {
      throw new BundleException("Cannot read " + file + ": " + size + " bytes is too long");
    }
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new BundleException(
          "Cannot read "
              + file
              + ": "
              + e.getOriginalMessage()
              + (e.getLocation() == null
                  ? ""
                  : " (line "
                      + e.getLocation().getLineNr()
                      + ", column "
                      + e.getLocation().getColumnNr()
                      + ")"),
          e);
    }
  }

  private static void checkFiles(Path root, TokenizerManifest manifest, BundleLimits limits)
      throws IOException {
    Problems problems = new Problems("Cannot use bundle " + root);
    SortedMap<String, Path> present = BundleFiles.list(root, limits);
    for (var entry : manifest.files().entrySet()) {
      Path file = present.get(entry.getKey());
      if (file == null) {
        problems.add(entry.getKey(), "the manifest lists it but it is missing");
        continue;
      }
      String digest = Digests.of(file);
      if (!digest.equals(entry.getValue())) {
        problems.add(
            entry.getKey(),
            "its SHA-256 is "
                + digest
                + ", not "
                + entry.getValue()
                + " as the manifest says (the file was changed or damaged; copy it again)");
      }
    }
    for (String path : present.keySet()) {
      if (!manifest.files().containsKey(path)) {
        problems.add(path, "the manifest does not list it (remove the file)");
      }
    }
    problems.throwIfAny();
  }

  /** What the manifest says. */
  public TokenizerManifest manifest() {
    return manifest;
  }

  /**
   * The bundle's identity: the SHA-256 (64 lower-case hex digits) of the manifest's canonical form
   * after RFC 8785. The manifest holds every file's digest, so it covers them.
   */
  public String fingerprint() {
    return fingerprint;
  }

  /** The directory with the bundle's files. */
  public Path root() {
    return root;
  }

  /** The sum of the sizes of the bundle's files in bytes. */
  public long bytes() {
    long bytes = 0;
    for (String path : manifest.files().keySet()) {
      bytes += root.resolve(path).toFile().length();
    }
    return bytes;
  }

  /**
   * The file or directory at a path of the manifest, e.g. of {@link ModelSpec#path}.
   *
   * @throws BundleException when the manifest lists nothing there
   */
  public Path file(String path) {
    boolean listed =
        manifest.files().keySet().stream()
            .anyMatch(file -> file.equals(path) || file.startsWith(path + "/"));
    if (!listed) {
      throw new BundleException(
          "Cannot find "
              + path
              + " in bundle "
              + root
              + " ("
              + Suggestions.of(path, manifest.files().keySet())
              + ")");
    }
    return root.resolve(path);
  }

  @Override
  public void close() {
    if (temporary.isPresent()) {
      try {
        BundleFiles.delete(temporary.get());
      } catch (IOException e) {
        throw new BundleException("Cannot remove the unpacked bundle " + temporary.get(), e);
      }
    }
  }
}
