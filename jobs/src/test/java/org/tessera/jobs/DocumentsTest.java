package org.tessera.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * The documents and the help texts say commands that the command line takes, and messages that the
 * sources have. {@code .ci/documents} and {@code .ci/consumers} run the commands in blocks marked
 * {@code sh}; the others are listed, with the reason, in {@code target/commands-only-parsed.txt}.
 */
class DocumentsTest {
  private static final Path TOP = Path.of("..");

  /** Commands that no block marked {@code sh} has, and what runs them. */
  private static final List<String> RUN_ELSEWHERE =
      List.of(
          "demo", // .ci/run
          "doctor", // its answer is the machine's; ChecksTest tests its checks
          "bundle create", // notebooks/3-bring-your-tokenizer.ipynb
          "bundle verify", // BundleCommand's own tests; needs a model that a user brings
          "bundle show",
          "bench", // measures: minutes of a quiet machine
          "bench stats");

  private static final Pattern MESSAGE = Pattern.compile("`((?:Cannot |another process )[^`]+)`");

  /** A name in capitals that stands for a value, or a part that is left out. */
  private static final Pattern FILLED_IN = Pattern.compile("\\b[A-Z]{3,}\\b|\\bN\\b|\\.\\.\\.");

  @Test
  void everyCommandOfTheDocumentsIsOneThatTheCommandLineTakes() throws IOException {
    List<DocumentCommand> commands = DocumentCommand.ofDocuments(TOP);

    assertThat(commands).hasSizeGreaterThan(40);
    List<String> listed = new ArrayList<>();
    for (DocumentCommand command : commands) {
      parse(command);
      if (!command.run()) {
        assertThat(command.reason())
            .as("%s: mark its block sh, or say why it cannot run", command)
            .isNotEmpty();
        listed.add(command.reason() + ": " + command);
      }
    }
    Files.write(Path.of("target", "commands-only-parsed.txt"), listed);
  }

  @Test
  void everyExampleOfTheHelpTextsIsOneThatTheCommandLineTakes() {
    List<DocumentCommand> examples = new ArrayList<>();
    for (CommandLine command : all(Tessera.commandLine())) {
      List<DocumentCommand> own = DocumentCommand.ofHelp(command);
      if (command.getSubcommands().isEmpty()) {
        assertThat(own).as("examples of %s --help", command.getCommandName()).isNotEmpty();
      }
      examples.addAll(own);
    }

    assertThat(examples).hasSizeGreaterThan(20).allSatisfy(DocumentsTest::parse);
  }

  @Test
  void everyCommandIsRun() throws IOException {
    Set<String> run = new TreeSet<>();
    for (DocumentCommand command : DocumentCommand.ofDocuments(TOP)) {
      if (command.run()) {
        run.add(parse(command));
      }
    }
    List<String> wanted =
        all(Tessera.commandLine()).stream()
            .filter(command -> command.getSubcommands().isEmpty())
            .map(DocumentsTest::name)
            .collect(Collectors.toCollection(ArrayList::new));
    wanted.removeAll(RUN_ELSEWHERE);

    assertThat(run).containsAll(wanted);
  }

  @Test
  void messagesOfTheOperationsGuideAreInTheSources() throws IOException {
    String sources = literals();
    Matcher message = MESSAGE.matcher(Files.readString(Path.of("OPERATIONS.md")));
    int found = 0;
    while (message.find()) {
      found++;
      for (String part : FILLED_IN.split(message.group(1), -1)) {
        if (part.strip().length() > 3) {
          assertThat(isSaid(part.strip(), sources))
              .as("'%s' of: %s", part.strip(), message.group(1))
              .isTrue();
        }
      }
    }
    assertThat(found).isGreaterThan(12);
  }

  /** Whether one literal holds the text, or two of at least a dozen characters between them. */
  private static boolean isSaid(String text, String sources) {
    if (sources.contains(text)) {
      return true;
    }
    for (int i = 12; i < text.length() - 12; i++) {
      if (text.charAt(i) == ' '
          && sources.contains(text.substring(0, i))
          && sources.contains(text.substring(i + 1))) {
        return true;
      }
    }
    return false;
  }

  /** The command that the words name, e.g. {@code bundle create}. */
  private static String parse(DocumentCommand command) {
    List<String> words = new ArrayList<>(command.words());
    boolean abridged = words.remove("...") || command.reason().equals("an option in a sentence");
    try {
      List<CommandLine> chain =
          Tessera.commandLine().parseArgs(words.toArray(String[]::new)).asCommandLineList();
      return name(chain.get(chain.size() - 1));
    } catch (CommandLine.MissingParameterException e) {
      if (abridged) {
        return "";
      }
      throw new AssertionError(command + ": " + e.getMessage(), e);
    } catch (CommandLine.ParameterException e) {
      throw new AssertionError(command + ": " + e.getMessage(), e);
    }
  }

  private static String name(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    return name.equals("tessera") ? "" : name.substring("tessera ".length());
  }

  private static List<CommandLine> all(CommandLine root) {
    List<CommandLine> all = new ArrayList<>();
    for (CommandLine command : Set.copyOf(root.getSubcommands().values())) {
      all.add(command);
      all.addAll(all(command));
    }
    return all;
  }

  /** All string literals of the main sources, with concatenated ones made one. */
  private static String literals() throws IOException {
    StringBuilder text = new StringBuilder();
    for (String module : List.of("model-loader", "udfs", "pipeline", "jobs")) {
      try (Stream<Path> files = Files.walk(TOP.resolve(module).resolve("src/main/java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .sorted()
            .forEach(file -> text.append(read(file).replaceAll("\"\\s*\\+\\s*\"", "")));
      }
    }
    return text.toString();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
