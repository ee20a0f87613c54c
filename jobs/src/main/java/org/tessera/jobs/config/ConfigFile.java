package org.tessera.jobs.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.model.bundle.Suggestions;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * {@code --config FILE.yaml}: the options of one command as YAML. A key is the option's long name
 * with underscores ({@code max_reject_rate}); lists repeat an option, mappings give it {@code
 * key=value} pairs. What the command line says wins. Every problem of the file is reported at once.
 */
public final class ConfigFile {
  private static final String OPTION = "--config";
  private static final ObjectMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  private ConfigFile() {}

  /**
   * Puts a configuration file's options before the arguments.
   *
   * @return the arguments, unchanged when they name no file
   * @throws ConfigException when the file cannot be read or has problems
   */
  public static List<String> merge(CommandLine root, List<String> args) {
    int command = commandIndex(root, args);
    String file = configFile(args);
    if (command < 0 || file == null) {
      return args;
    }
    CommandLine target = root.getSubcommands().get(args.get(command));
    List<String> own = new ArrayList<>(args.subList(command + 1, args.size()));
    while (!own.isEmpty() && target.getSubcommands().containsKey(own.get(0))) {
      target = target.getSubcommands().get(own.get(0));
      own.remove(0);
      command++;
    }
    List<String> merged = new ArrayList<>(args.subList(0, command + 1));
    merged.addAll(options(target, Path.of(file), own));
    merged.addAll(own);
    return merged;
  }

  private static int commandIndex(CommandLine root, List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      if (root.getSubcommands().containsKey(args.get(i))) {
        return i;
      }
    }
    return -1;
  }

  private static String configFile(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      if (args.get(i).startsWith(OPTION + "=")) {
        return args.get(i).substring(OPTION.length() + 1);
      }
      if (args.get(i).equals(OPTION) && i + 1 < args.size()) {
        return args.get(i + 1);
      }
    }
    return null;
  }

  private static List<String> options(CommandLine command, Path file, List<String> own) {
    List<String> problems = new ArrayList<>();
    List<String> options = new ArrayList<>();
    SortedMap<String, OptionSpec> known = known(command);
    for (Map.Entry<String, JsonNode> entry : read(file).properties()) {
      String key = entry.getKey();
      OptionSpec option = known.get(key);
      if (option == null) {
        problems.add("unknown key " + key + " (" + Suggestions.of(key, known.keySet()) + ")");
        continue;
      }
      List<String> written = written(option, entry.getValue(), key, problems);
      String problem = problem(command, written);
      if (problem != null) {
        problems.add(key + ": " + problem);
      } else if (own.stream().noneMatch(arg -> names(option, arg))) {
        options.addAll(written);
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(file.toString(), problems);
    }
    return options;
  }

  private static boolean names(OptionSpec option, String arg) {
    String name = arg.contains("=") ? arg.substring(0, arg.indexOf('=')) : arg;
    return List.of(option.names()).contains(name);
  }

  private static JsonNode read(Path file) {
    try {
      JsonNode node = YAML.readTree(Files.readString(file));
      if (node == null || node.isMissingNode() || node.isNull()) {
        return YAML.createObjectNode();
      }
      if (!node.isObject()) {
        throw new ConfigException(
            file.toString(), List.of("it is not a mapping of option names to values"));
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          file.toString(),
          List.of("not valid YAML: " + e.getOriginalMessage().lines().findFirst().orElse("")));
    } catch (IOException e) {
      throw new ConfigException(file.toString(), List.of("it cannot be read (check the path)"));
    }
  }

  /** The options by their key in files. */
  private static SortedMap<String, OptionSpec> known(CommandLine command) {
    SortedMap<String, OptionSpec> known = new TreeMap<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      String name = option.longestName();
      if (!option.usageHelp() && !option.versionHelp() && !name.equals(OPTION)) {
        known.put(name.replaceFirst("^--", "").replace('-', '_'), option);
      }
    }
    return known;
  }

  private static List<String> written(
      OptionSpec option, JsonNode value, String key, List<String> problems) {
    List<String> written = new ArrayList<>();
    if (value.isArray()) {
      value.forEach(item -> written.add(option.longestName() + "=" + item.asText()));
    } else if (value.isObject()) {
      value
          .properties()
          .forEach(
              item ->
                  written.add(
                      option.longestName() + "=" + item.getKey() + "=" + item.getValue().asText()));
    } else if (value.isNull() || value.asText().isEmpty()) {
      problems.add(key + ": it has no value (give one or remove the key)");
    } else {
      written.add(option.longestName() + "=" + value.asText());
    }
    return written;
  }

  /** What is wrong with some options by themselves, or null. */
  private static String problem(CommandLine command, List<String> written) {
    CommandLine fresh = new CommandLine(command.getCommandSpec().userObject().getClass());
    fresh.setCaseInsensitiveEnumValuesAllowed(true);
    try {
      fresh.parseArgs(written.toArray(String[]::new));
      return null;
    } catch (MissingParameterException e) {
      return null;
    } catch (ParameterException e) {
      return e.getMessage();
    }
  }
}
