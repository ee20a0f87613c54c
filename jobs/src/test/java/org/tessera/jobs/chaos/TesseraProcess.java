package org.tessera.jobs.chaos;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.tessera.jobs.Tessera;

/** The command in a process of its own, to be killed. */
final class TesseraProcess {
  private final Process process;
  private final Path log;

  private TesseraProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts the command; its output goes to a log. */
  static TesseraProcess start(Path log, String... arguments) throws IOException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.endsWith("test-classes"))
            .reduce((left, right) -> left + File.pathSeparator + right)
            .orElseThrow();
    List<String> command = java(classPath, Tessera.class);
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "3");
    builder.redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    return new TesseraProcess(builder.start(), log);
  }

  /** The command that starts a class as the tests' own JVM is set up; arguments follow. */
  static List<String> java(String classPath, Class<?> main) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Arrays.asList(System.getProperty("tessera.test.jvm.options").split(" ")));
    command.add("-Xmx1g");
    command.add("-Dlog4j2.configurationFile=" + System.getProperty("log4j2.configurationFile"));
    command.addAll(List.of("-cp", classPath, main.getName()));
    return command;
  }

  /** Waits until a text is in the log, the process ends, or the time is over. */
  void awaitLog(String text, long millis) throws IOException, InterruptedException {
    long end = System.nanoTime() + millis * 1_000_000;
    while (process.isAlive() && System.nanoTime() < end && !log().contains(text)) {
      Thread.sleep(50);
    }
  }

  /** Waits until a file is there, or the process ends. */
  void awaitFile(Path file) throws InterruptedException {
    while (process.isAlive() && !Files.exists(file)) {
      Thread.sleep(50);
    }
  }

  /** kill -9, for the process and what it started; returns whether it was alive. */
  boolean kill() throws InterruptedException {
    boolean alive = process.isAlive();
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly();
    process.waitFor();
    // Workers end by themselves when their parent is gone; the test does not count on that.
    children.forEach(ProcessHandle::destroyForcibly);
    return alive;
  }

  /** Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  /** Waits for the end; the exit code. */
  int await() throws IOException, InterruptedException {
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IOException("Cannot wait longer for the command: " + log());
    }
    return process.exitValue();
  }

  String log() throws IOException {
    return Files.readString(log);
  }
}
