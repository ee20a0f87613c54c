package org.tessera.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tessera.jobs.command.DriftCommand;
import org.tessera.jobs.command.FitCommand;
import org.tessera.jobs.command.TokenizeCommand;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.sample.Limits;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Every file in conf is one that the product can read. */
class ConfTest {
  private static final Path CONF = Path.of("..", "conf");

  /**
   * Folders whose files have tests of their own: SystemTemplatesTest, .ci/airflow, ObservabilityIT,
   * .ci/kubernetes.
   */
  private static final List<String> ELSEWHERE =
      List.of("systems", "airflow", "grafana", "kubernetes");

  @Command(
      name = "tessera",
      subcommands = {TokenizeCommand.class, FitCommand.class, DriftCommand.class})
  static final class Root {}

  static List<Path> tokenizers() throws IOException {
    return files("tokenizers");
  }

  static List<Path> jobs() throws IOException {
    return files("jobs");
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void tokenizerSpecificationsAreRead(Path file) throws IOException {
    FitSpec spec = FitSpecParser.parse(file.toString(), Files.readString(file));

    assertThat(file.getFileName()).hasToString(spec.name() + ".yaml");
    assertThatCode(() -> FrontEnds.of(spec.modality(), spec.frontEnd(), Limits.DEFAULT))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void jobsAreTheOptionsOfTheirCommand(Path file) {
    String name = file.getFileName().toString();
    String command = name.substring(0, name.indexOf('-'));
    CommandLine root = new CommandLine(new Root());

    List<String> args = ConfigFile.merge(root, List.of(command, "--config", file.toString()));

    assertThatCode(() -> root.parseArgs(args.toArray(String[]::new))).doesNotThrowAnyException();
    assertThat(args.size()).isGreaterThan(4);
  }

  @Test
  void loggingIsReadable() throws IOException {
    for (Path file : files("logging")) {
      Properties properties = new Properties();
      try (var in = Files.newInputStream(file)) {
        properties.load(in);
      }
      assertThat(properties.getProperty("appender.stderr.target")).isEqualTo("SYSTEM_ERR");
    }
  }

  @Test
  void sparkProfilesAreSettings() throws IOException {
    for (Path file : files("spark")) {
      if (!file.toString().endsWith(".conf")) {
        continue; // metrics.properties: ObservabilityIT
      }
      Properties properties = new Properties();
      try (var in = Files.newInputStream(file)) {
        properties.load(in);
      }
      assertThat(properties.stringPropertyNames())
          .as(file.toString())
          .isNotEmpty()
          .allMatch(key -> key.matches("spark(\\.[A-Za-z_]+)+"));
      assertThat(properties.values()).as(file.toString()).doesNotContain("");
    }
  }

  @Test
  void noFileIsForgotten() throws IOException {
    List<String> tested = new ArrayList<>(ELSEWHERE);
    tested.addAll(List.of("tokenizers", "jobs", "logging", "spark"));
    try (Stream<Path> folders = Files.list(CONF)) {
      assertThat(folders.map(folder -> folder.getFileName().toString())).hasSameElementsAs(tested);
    }
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(CONF.resolve(folder))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
