package org.tessera.model.npy;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.tessera.model.bundle.Suggestions;

/** Reads and writes {@code .npz} files: zip archives of {@code .npy} files. */
public final class Npz {
  private static final String SUFFIX = ".npy";

  private Npz() {}

  /**
   * Reads every array, by name without {@code .npy}.
   *
   * @throws NpyException when the file or an entry is not what NumPy writes
   */
  public static SortedMap<String, NpyArray> read(Path file) throws IOException {
    SortedMap<String, NpyArray> arrays = new TreeMap<>();
    try (ZipFile zip = open(file)) {
      for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
        ZipEntry entry = e.nextElement();
        arrays.put(nameOf(entry, file), read(zip, entry, file));
      }
    }
    return arrays;
  }

  /**
   * Reads one array.
   *
   * @param name the array's name without {@code .npy}
   * @throws NpyException when it is not there or is not what NumPy writes
   */
  public static NpyArray read(Path file, String name) throws IOException {
    try (ZipFile zip = open(file)) {
      ZipEntry entry = zip.getEntry(name + SUFFIX);
      if (entry == null) {
        throw new NpyException(
            "Cannot find array "
                + name
                + " in "
                + file
                + " ("
                + Suggestions.of(name, names(zip, file))
                + ")");
      }
      return read(zip, entry, file);
    }
  }

  /**
   * The names of the arrays, without reading them.
   *
   * @throws NpyException when the file is not what NumPy writes
   */
  public static SortedSet<String> names(Path file) throws IOException {
    try (ZipFile zip = open(file)) {
      return names(zip, file);
    }
  }

  private static SortedSet<String> names(ZipFile zip, Path file) {
    SortedSet<String> names = new TreeSet<>();
    for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
      names.add(nameOf(e.nextElement(), file));
    }
    return names;
  }

  /** Writes arrays, stored without compression, in the order of their names. */
  public static void write(Path file, SortedMap<String, NpyArray> arrays) throws IOException {
    try (ZipOutputStream zip =
        new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      zip.setLevel(0);
      for (var array : arrays.entrySet()) {
        ZipEntry entry = new ZipEntry(array.getKey() + SUFFIX);
        // A fixed time: equal arrays give equal files.
        entry.setTimeLocal(java.time.LocalDateTime.of(1980, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        Npy.write(zip, array.getValue());
        zip.closeEntry();
      }
    }
  }

  private static ZipFile open(Path file) throws IOException {
    try {
      return new ZipFile(file.toFile());
    } catch (ZipException e) {
      NpyException failure =
          new NpyException(
              "Cannot read " + file + ": it is not a .npz file (write it with numpy.savez)");
      failure.initCause(e);
      throw failure;
    }
  }

  private static String nameOf(ZipEntry entry, Path file) {
    String name = entry.getName();
    if (!name.endsWith(SUFFIX)) {
      throw new NpyException(
          "Cannot read " + file + ": " + name + " is not a .npy file (write it with numpy.savez)");
    }
    return name.substring(0, name.length() - SUFFIX.length());
  }

  private static NpyArray read(ZipFile zip, ZipEntry entry, Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(zip.getInputStream(entry), 1 << 16)) {
      return Npy.read(in, file + ":" + entry.getName());
    }
  }
}
