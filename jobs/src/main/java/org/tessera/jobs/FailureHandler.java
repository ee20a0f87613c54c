package org.tessera.jobs;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tessera.jobs.command.Stoppable;
import org.tessera.jobs.config.ConfigException;
import org.tessera.pipeline.fit.FitSpecException;
import org.tessera.pipeline.storage.LocalNames;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns a failure into a message that a person can act on; the stack trace goes to the log. */
final class FailureHandler implements IExecutionExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FailureHandler.class);

  private final Interrupts interrupts;

  FailureHandler(Interrupts interrupts) {
    this.interrupts = interrupts;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult parseResult) {
    String name = commandLine.getCommandSpec().qualifiedName() + ": ";
    if (interrupts.happened()) {
      String rest = commandLine.getCommand() instanceof Stoppable command ? command.leaves() : "";
      interrupts.say(name + "stopped" + rest);
      return ExitCodes.INTERRUPTED;
    }
    System.err.println(name + explain(failure));
    LOG.debug("The command failed", failure);
    return failure instanceof ConfigException || failure instanceof FitSpecException
        ? ExitCodes.USAGE
        : ExitCodes.FAILED;
  }

  /**
   * The message of the cause that says most: the innermost that speaks of an action ("Cannot X"),
   * with what those around it say where they repeat it; else the outermost.
   */
  static String explain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && !chain.contains(cause);
        cause = cause.getCause()) {
      chain.add(cause);
    }
    for (int i = chain.size() - 1; i >= 0; i--) {
      if (chain.get(i) instanceof InvalidPathException name) {
        return String.format(
            "Cannot name %s in this process's character set %s (%s)",
            name.getInput(), LocalNames.charset(), LocalNames.ADVICE);
      }
      String message = chain.get(i).getMessage();
      if (message != null && message.startsWith("Cannot ")) {
        return whole(chain.subList(0, i), message);
      }
    }
    String message = failure.getMessage();
    if (message != null && message.contains("Cannot ")) {
      return sentence(message.substring(message.indexOf("Cannot ")));
    }
    String plain =
        failure.getClass().getSimpleName() + ": " + (message == null ? "no message" : message);
    return failure instanceof IOException
        ? "Cannot read or write (check the path, the permissions and free space): " + plain
        : plain;
  }

  /**
   * The outermost of the messages that say where a failure was: they begin as it does, have it in
   * them, and add nothing of many lines, such as a stack trace.
   *
   * @param around the failures around it, outermost first
   */
  private static String whole(List<Throwable> around, String innermost) {
    return around.stream()
        .map(Throwable::getMessage)
        .filter(message -> message != null && message.startsWith("Cannot "))
        .filter(message -> message.contains(innermost))
        .filter(message -> message.lines().count() == innermost.lines().count())
        .findFirst()
        .orElse(innermost);
  }

  /** Spark puts an executor's stack trace into its message; the first line is what happened. */
  private static String sentence(String message) {
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }
}
