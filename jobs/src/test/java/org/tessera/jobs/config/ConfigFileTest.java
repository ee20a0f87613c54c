package org.tessera.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class ConfigFileTest {
  @TempDir private Path temp;

  @Command(name = "root", subcommands = Work.class)
  static final class Root {}

  @Command(name = "work", mixinStandardHelpOptions = true)
  static final class Work {
    @Option(names = "--config")
    String config;

    @Option(names = "--max-rate", required = true)
    double maxRate;

    @Option(names = "--input")
    List<String> inputs = new ArrayList<>();

    @Option(names = "--limits")
    Map<String, Double> limits;

    @Option(names = "--fast")
    boolean fast;
  }

  @Test
  void everyKindOfOptionCanBeWritten() throws IOException {
    Work work =
        parse("max_rate: 0.5\ninput: [a, b]\nlimits: {pixels: 100, bytes: 2e3}\nfast: true\n");

    assertThat(work.maxRate).isEqualTo(0.5);
    assertThat(work.inputs).containsExactly("a", "b");
    assertThat(work.limits).isEqualTo(Map.of("pixels", 100.0, "bytes", 2000.0));
    assertThat(work.fast).isTrue();
  }

  @Test
  void theCommandLineWins() throws IOException {
    Work work = parse("max_rate: 0.5\ninput: [a, b]\n", "--max-rate", "0.25", "--input=c");

    assertThat(work.maxRate).isEqualTo(0.25);
    assertThat(work.inputs).containsExactly("c");
  }

  @Test
  void allProblemsAreReportedAtOnce() {
    assertThatThrownBy(() -> parse("max_rat: 0.5\nlimits: {pixels: many}\nfast:\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown key max_rat (did you mean max_rate?)")
        .hasMessageContaining("limits: ")
        .hasMessageContaining("many")
        .hasMessageContaining("fast: it has no value");
  }

  @Test
  void filesThatAreNoMappingAreRefused() {
    assertThatThrownBy(() -> parse("- a\n- b\n"))
        .hasMessageContaining("it is not a mapping of option names to values");
    assertThatThrownBy(() -> parse("max_rate: 1\nmax_rate: 2\n"))
        .hasMessageContaining("not valid YAML")
        .hasMessageContaining("max_rate");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> ConfigFile.merge(root(), List.of("work", "--config", "nowhere.yaml")))
        .hasMessageContaining("nowhere.yaml")
        .hasMessageContaining("cannot be read");
  }

  @Test
  void argumentsWithoutAFileStayAsTheyAre() {
    List<String> args = List.of("work", "--max-rate", "1");
    assertThat(ConfigFile.merge(root(), args)).isSameAs(args);
  }

  private Work parse(String yaml, String... more) throws IOException {
    Path file = temp.resolve("job.yaml");
    Files.writeString(file, yaml);
    List<String> args = new ArrayList<>(List.of("work", "--config", file.toString()));
    args.addAll(List.of(more));
    CommandLine root = root();
    root.parseArgs(ConfigFile.merge(root, args).toArray(String[]::new));
    return root.getSubcommands().get("work").getCommand();
  }

  private static CommandLine root() {
    return new CommandLine(new Root());
  }
}
