package org.tessera.model.npy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/** Names of tensors in a directory: {@code path/file.npy}, or {@code path/file.npz:array}. */
public final class TensorFiles {
  private TensorFiles() {}

  /**
   * A function that reads tensors by name. Each call reads the file again. Thread-safe.
   *
   * <p>The function throws {@link IllegalArgumentException} for a name that leads out of the
   * directory, is not there or is not a file of plain numbers, and {@link UncheckedIOException}
   * when it cannot be read.
   */
  public static Function<String, FloatTensor> in(Path directory) {
    return name -> read(directory, name);
  }

  private static FloatTensor read(Path directory, String name) {
    int colon = name.indexOf(".npz:");
    String relative = colon < 0 ? name : name.substring(0, colon + 4);
    Path root = directory.toAbsolutePath().normalize();
    Path file = root.resolve(relative).normalize();
    if (!file.startsWith(root)) {
      throw new IllegalArgumentException(
          "Cannot use tensor " + name + ": it leads out of the bundle (name a file inside it)");
    }
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "Cannot find tensor " + name + " in " + directory + " (add the file)");
    }
    try {
      if (colon >= 0) {
        return Npz.read(file, name.substring(colon + 5)).toFloatTensor();
      }
      if (relative.endsWith(".npz")) {
        throw new IllegalArgumentException(
            "Cannot use tensor "
                + name
                + ": it holds several arrays, or one with a name (write "
                + name
                + ":ARRAY; its arrays are "
                + String.join(", ", Npz.names(file))
                + ")");
      }
      return Npy.read(file).toFloatTensor();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read tensor " + name, e);
    }
  }
}
