package org.tessera.model.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** Unpacks a zipped bundle: no entry leaves the target, and sizes are counted while writing. */
final class BundleUnpacker {
  private static final int BUFFER = 1 << 18;

  private final Path zip;
  private final Path target;
  private final BundleLimits limits;
  private long written;

  private BundleUnpacker(Path zip, Path target, BundleLimits limits) {
    this.zip = zip;
    this.target = target;
    this.limits = limits;
  }

  /** Unpacks into an existing empty directory. */
  static void unpack(Path zip, Path target, BundleLimits limits) throws IOException {
    new BundleUnpacker(zip, target, limits).unpack();
  }

  private void unpack() throws IOException {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      List<ZipEntry> entries = entries(file);
      String folder = folder(entries);
      for (ZipEntry entry : entries) {
        String path = entry.getName().substring(folder.length());
        Optional<String> problem =
            path.equals(TokenizerManifest.FILE_NAME) ? Optional.empty() : BundlePaths.problem(path);
        if (problem.isPresent()) {
          throw refuse(problem.get());
        }
        write(file, entry, path);
      }
    } catch (ZipException e) {
      throw new BundleException(
          "Cannot unpack bundle " + zip + ": " + e.getMessage() + " (is it a zip file?)", e);
    }
  }

  private List<ZipEntry> entries(ZipFile file) {
    if (file.size() > limits.files() + 1) {
      throw refuse("it has " + file.size() + " entries (at most " + limits.files() + ")");
    }
    List<ZipEntry> entries = new ArrayList<>();
    Enumeration<? extends ZipEntry> all = file.entries();
    while (all.hasMoreElements()) {
      ZipEntry entry = all.nextElement();
      if (!entry.isDirectory()) {
        entries.add(entry);
      }
    }
    return entries;
  }

  /** The folder that holds the manifest when the whole bundle was zipped as one; else empty. */
  private static String folder(List<ZipEntry> entries) {
    for (ZipEntry entry : entries) {
      String name = entry.getName();
      String suffix = "/" + TokenizerManifest.FILE_NAME;
      if (name.endsWith(suffix) && name.indexOf('/') == name.length() - suffix.length()) {
        String folder = name.substring(0, name.indexOf('/') + 1);
        if (entries.stream().allMatch(other -> other.getName().startsWith(folder))) {
          return folder;
        }
      }
    }
    return "";
  }

  private void write(ZipFile file, ZipEntry entry, String path) throws IOException {
    Path to = target.resolve(path).normalize();
    if (!to.startsWith(target)) {
      throw refuse("entry " + path + " leaves the bundle");
    }
    if (Files.exists(to)) {
      throw refuse("entry " + path + " is there twice");
    }
    Files.createDirectories(to.getParent());
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = file.getInputStream(entry);
        OutputStream out = Files.newOutputStream(to)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        written += read;
        if (written > limits.bytes()) {
          throw refuse("it unpacks to more than " + limits.bytes() + " bytes");
        }
        out.write(buffer, 0, read);
      }
    }
  }

  private BundleException refuse(String reason) {
    return new BundleException("Cannot unpack bundle " + zip + ": " + reason);
  }
}
