package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShippedDependenciesTest {
  /** What Maven resolves is what {@code dependencies.lock} says; a change there is deliberate. */
  @Test
  void whatIsShippedIsLocked() throws IOException {
    assertThat(coordinates(Path.of("target", "dependencies.txt")))
        .as("copy jobs/target/dependencies.txt over jobs/dependencies.lock if this is wanted")
        .isEqualTo(coordinates(Path.of("dependencies.lock")));
  }

  private static List<String> coordinates(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .map(line -> line.replaceAll(" --.*", "").strip())
        .filter(line -> line.contains(":jar:"))
        .sorted()
        .toList();
  }
}
