package org.tessera.jobs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A command that a document or a help text says.
 *
 * @param place where it stands
 * @param words what follows {@code tessera}
 * @param run whether a script of CI runs it: it stands in a block marked {@code sh}
 * @param reason why it is only parsed; empty when there is none
 */
record DocumentCommand(String place, List<String> words, boolean run, String reason) {
  private static final Pattern START = Pattern.compile("(?:jobs/bin/|bin/)?tessera(-submit)?(?= )");
  private static final Pattern INLINE =
      Pattern.compile("`((?:jobs/bin/|bin/)?tessera [a-z][^`]* -[^`]*)`");
  private static final Pattern WORD =
      Pattern.compile("'([^']*)'|\"([^\"]*)\"|((?:[^\\s'\"\\\\]|\\\\.)+)");

  /** The commands of every document of the repository, in fences and in sentences. */
  static List<DocumentCommand> ofDocuments(Path top) throws IOException {
    List<Path> documents;
    try (Stream<Path> files = Files.walk(top, 3)) {
      documents =
          files
              .filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !file.toString().contains("target"))
              .sorted()
              .toList();
    }
    List<DocumentCommand> commands = new ArrayList<>();
    for (Path document : documents) {
      read(top.relativize(document).toString(), Files.readAllLines(document), commands);
    }
    return commands;
  }

  private static void read(String place, List<String> lines, List<DocumentCommand> commands) {
    String fence = null;
    StringBuilder joined = new StringBuilder();
    for (String line : lines) {
      if (line.strip().startsWith("```")) {
        fence = fence == null ? line.strip().substring(3) : null;
      } else if (fence != null) {
        joined.append(line.strip());
        if (line.endsWith("\\")) {
          joined.setLength(joined.length() - 1);
        } else {
          add(place, joined.toString(), fence, commands);
          joined.setLength(0);
        }
      } else {
        Matcher inline = INLINE.matcher(line);
        while (inline.find()) {
          add(place, inline.group(1), "a sentence", commands);
        }
      }
    }
  }

  private static void add(String place, String line, String fence, List<DocumentCommand> commands) {
    if (!List.of("", "sh", "a sentence").contains(fence)) {
      return;
    }
    for (String part : line.split(" && ", -1)) {
      Matcher start = START.matcher(part);
      if (start.lookingAt()) {
        List<String> words = words(part.substring(start.end()));
        boolean submitted = start.group(1) != null;
        if (submitted) {
          words = words.subList(words.indexOf("--") + 1, words.size());
        }
        commands.add(
            new DocumentCommand(place, words, fence.equals("sh"), reason(part, fence, submitted)));
      }
    }
  }

  private static String reason(String line, String fence, boolean submitted) {
    if (submitted) {
      return "needs a cluster";
    }
    if (line.contains("s3a:")) {
      return "needs S3";
    }
    if (line.contains("tessera bench")) {
      return "takes minutes of a quiet machine";
    }
    if (line.contains("tessera doctor")) {
      return "judges the machine it runs on";
    }
    if (line.endsWith("tessera demo")) {
      return "run by .ci/run itself";
    }
    return fence.equals("a sentence") ? "an option in a sentence" : "";
  }

  /** The examples at the end of a command's help. */
  static List<DocumentCommand> ofHelp(CommandLine command) {
    List<DocumentCommand> commands = new ArrayList<>();
    StringBuilder joined = new StringBuilder();
    for (String line : command.getCommandSpec().usageMessage().footer()) {
      // What stands in brackets after a command explains it.
      joined.append(line.replaceAll(" {2,}\\(.*\\)$", "").strip());
      if (line.endsWith("\\")) {
        joined.setLength(joined.length() - 1);
      } else {
        String place = command.getCommandName() + " --help";
        add(place, joined.toString(), "", commands);
        joined.setLength(0);
      }
    }
    return commands;
  }

  /** A line in words, as a shell does it; comments are left out. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      String plain = word.group(3);
      if (plain != null && (plain.startsWith("#") || plain.startsWith(";"))) {
        break;
      }
      words.add(plain != null ? plain : word.group(1) != null ? word.group(1) : word.group(2));
    }
    return words;
  }

  @Override
  public String toString() {
    return place + ": tessera " + String.join(" ", words);
  }
}
