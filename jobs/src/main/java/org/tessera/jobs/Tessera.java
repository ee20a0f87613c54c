package org.tessera.jobs;

import java.util.List;
import org.apache.hadoop.fs.FSError;
import org.tessera.jobs.command.BenchCommand;
import org.tessera.jobs.command.BundleCommand;
import org.tessera.jobs.command.DemoCommand;
import org.tessera.jobs.command.DoctorCommand;
import org.tessera.jobs.command.DriftCommand;
import org.tessera.jobs.command.ExportCommand;
import org.tessera.jobs.command.FitCommand;
import org.tessera.jobs.command.InspectCommand;
import org.tessera.jobs.command.ReconstructCommand;
import org.tessera.jobs.command.ReportCommand;
import org.tessera.jobs.command.StatsCommand;
import org.tessera.jobs.command.StatusCommand;
import org.tessera.jobs.command.TokenizeCommand;
import org.tessera.jobs.command.VerifyCommand;
import org.tessera.jobs.config.ConfigException;
import org.tessera.jobs.config.ConfigFile;
import org.tessera.pipeline.storage.LocalNames;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The entry point, the same for {@code bin/tessera} and {@code spark-submit --class
 * org.tessera.jobs.Tessera}.
 */
@Command(
    name = "tessera",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Turns raw images, audio, EEG and point clouds into discrete token datasets.",
    footer = {
      "",
      "Start with:  tessera demo",
      "Exit codes:  0 ok, 1 failed, 2 usage, 3 reject limit exceeded, 4 verification failed,",
      "             130 stopped by Ctrl-C"
    },
    subcommands = {
      DemoCommand.class,
      DoctorCommand.class,
      FitCommand.class,
      BundleCommand.class,
      TokenizeCommand.class,
      VerifyCommand.class,
      ReconstructCommand.class,
      StatsCommand.class,
      ExportCommand.class,
      ReportCommand.class,
      DriftCommand.class,
      InspectCommand.class,
      StatusCommand.class,
      BenchCommand.class
    })
public final class Tessera {
  private Tessera() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] args) {
    System.exit(run(Interrupts.ofThisProcess(), args));
  }

  /** Runs a command and returns its exit code. */
  public static int run(String... args) {
    return run(Interrupts.none(), args);
  }

  private static int run(Interrupts interrupts, String... args) {
    CommandLine commandLine = commandLine(interrupts);
    for (String argument : args) {
      if (LocalNames.isUnreadable(argument)) {
        System.err.printf(
            "Cannot read the argument %s in this process's character set %s (%s)%n",
            LocalNames.shown(argument), LocalNames.charset(), LocalNames.ADVICE);
        return ExitCodes.USAGE;
      }
    }
    List<String> merged;
    try {
      merged = ConfigFile.merge(commandLine, List.of(args));
    } catch (ConfigException e) {
      System.err.println(e.getMessage());
      return ExitCodes.USAGE;
    }
    try {
      return commandLine.execute(merged.toArray(String[]::new));
    } catch (FSError e) {
      // How Hadoop's local file system says that a disk is full or broken.
      System.err.println(
          "tessera "
              + args[0]
              + ": Cannot write: "
              + FailureHandler.explain(e.getCause())
              + " (free some space or mend the disk, and run the same command again)");
      return ExitCodes.FAILED;
    }
  }

  static CommandLine commandLine() {
    return commandLine(Interrupts.none());
  }

  private static CommandLine commandLine(Interrupts interrupts) {
    return new CommandLine(new Tessera())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(new FailureHandler(interrupts))
        .setParameterExceptionHandler(new UsageHandler())
        .setUsageHelpWidth(100);
  }
}
