package org.tessera.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.tessera.jobs.config.ConfigException;
import org.tessera.model.bundle.Suggestions;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with the arguments and what may be meant, without the page of help. */
final class UsageHandler implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    List<String> problems = unknownOptions(command, args);
    if (!(failure instanceof UnmatchedArgumentException unmatched)) {
      problems.add(failure.getMessage());
    } else if (problems.isEmpty()) {
      problems.add(unexpected(command, unmatched.getUnmatched().get(0)));
    }
    System.err.println(name + ": " + new ConfigException("these options", problems).getMessage());
    System.err.println("(every option: " + name + " --help)");
    return ExitCodes.USAGE;
  }

  private static List<String> unknownOptions(CommandLine command, String[] args) {
    Map<String, ?> known = command.getCommandSpec().optionsMap();
    List<String> problems = new ArrayList<>();
    if (!command.getSubcommands().isEmpty()) {
      return problems;
    }
    for (String arg : args) {
      String option = arg.replaceFirst("=.*", "");
      if (option.startsWith("-") && option.length() > 1 && !known.containsKey(option)) {
        problems.add(
            "unknown option "
                + option
                + " ("
                + Suggestions.of(option, new TreeSet<>(known.keySet()))
                + ")");
      }
    }
    return problems;
  }

  private static String unexpected(CommandLine command, String argument) {
    return command.getSubcommands().isEmpty()
        ? "unexpected argument "
            + argument
            + " (repeat the option for each value, and quote globs: --input 'a*' --input b)"
        : "unknown command "
            + argument
            + " ("
            + Suggestions.of(argument, new TreeSet<>(command.getSubcommands().keySet()))
            + ")";
  }
}
