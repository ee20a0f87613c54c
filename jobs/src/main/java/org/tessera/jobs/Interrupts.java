package org.tessera.jobs;

import java.io.OutputStream;
import java.io.PrintStream;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.spark.sql.SparkSession;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C: after the first one the command fails, and so ends in order: the lease is given back and
 * Spark is stopped. The second one ends the process at once. Thread-safe.
 */
final class Interrupts {
  private static final long PAUSE_MILLIS = 100;

  /** How long a command may take to notice that its jobs fail, before its thread is interrupted. */
  private static final int PATIENCE = 20;

  private final PrintStream err = System.err;
  private volatile boolean happened;

  /** None: in a process that is not the command's own, its owner decides. */
  static Interrupts none() {
    return new Interrupts();
  }

  /** Those of this process, from now on; this thread is the command's. */
  static Interrupts ofThisProcess() {
    Interrupts interrupts = new Interrupts();
    Thread command = Thread.currentThread();
    SignalHandler[] before = new SignalHandler[1];
    before[0] =
        Signal.handle(
            new Signal("INT"),
            signal -> {
              Signal.handle(signal, before[0]);
              interrupts.stop(command);
            });
    return interrupts;
  }

  /** Whether the command was interrupted. */
  boolean happened() {
    return happened;
  }

  /** Says something on stderr, where all else is silent after an interrupt. */
  void say(String line) {
    err.println(line);
  }

  /** Cancels jobs until the process ends: libraries may swallow an interrupt, but not that. */
  private void stop(Thread command) {
    happened = true;
    // What breaks now breaks because of this; one line at the end says so.
    Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    if (System.console() != null) {
      err.println();
    }
    for (int i = 0; true; i++) {
      cancelJobs();
      if (i == PATIENCE) {
        command.interrupt();
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void cancelJobs() {
    try {
      SparkSession.getDefaultSession()
          .foreach(
              session -> {
                session.sparkContext().cancelAllJobs();
                return null;
              });
    } catch (IllegalStateException e) {
      // It was stopped meanwhile.
      return;
    }
  }
}
