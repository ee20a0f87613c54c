package org.tessera.model.pool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directory trees. */
final class Trees {
  private Trees() {}

  static void copy(Path from, Path to) throws IOException {
    for (Path source : list(from)) {
      Path target = to.resolve(from.relativize(source).toString());
      if (Files.isDirectory(source)) {
        Files.createDirectories(target);
      } else {
        Files.copy(source, target);
      }
    }
  }

  static void delete(Path root) throws IOException {
    if (!Files.exists(root, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> tree = new java.util.ArrayList<>(list(root));
    tree.sort(Comparator.reverseOrder());
    for (Path path : tree) {
      Files.delete(path);
    }
  }

  /** Parents before children; links are not followed. */
  private static List<Path> list(Path root) throws IOException {
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.toList();
    }
  }
}
