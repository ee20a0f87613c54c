package org.tessera.udf.isolate;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** How a worker process is started. Immutable. */
public final class WorkerCommand {
  private static final long LEAST_HEAP = 256L << 20;
  private static final long MOST_HEAP = 2L << 30;

  private final List<String> command;

  private WorkerCommand(List<String> command) {
    this.command = List.copyOf(command);
  }

  /** Runs {@link DecodeWorker} on this process's own Java and classes. */
  public static WorkerCommand ofThisProcess() {
    return of(DecodeWorker.class.getName());
  }

  /** Runs a class that calls {@link DecodeWorker#serve} on this process's own Java and classes. */
  public static WorkerCommand of(String mainClass) {
    long heap = Math.max(LEAST_HEAP, Math.min(MOST_HEAP, Runtime.getRuntime().maxMemory() / 2));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + (heap >> 20) + "m");
    command.add("-XX:+UseSerialGC");
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.add("-XX:ErrorFile=" + File.separator + "dev" + File.separator + "null");
    command.add("-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"));
    command.add("-cp");
    command.add(String.join(File.pathSeparator, classPath()));
    command.add(mainClass);
    return new WorkerCommand(command);
  }

  List<String> command() {
    return command;
  }

  /** What the system's loader has, and what loaders above the thread's have been given since. */
  private static Set<String> classPath() {
    Set<String> entries = new LinkedHashSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      entries.add(entry);
    }
    List<ClassLoader> loaders = new ArrayList<>();
    loaders.add(Thread.currentThread().getContextClassLoader());
    loaders.add(WorkerCommand.class.getClassLoader());
    for (ClassLoader start : loaders) {
      for (ClassLoader loader = start; loader != null; loader = loader.getParent()) {
        if (loader instanceof URLClassLoader urls) {
          for (URL url : urls.getURLs()) {
            if (url.getProtocol().equals("file")) {
              entries.add(new File(url.getPath()).getPath());
            }
          }
        }
      }
    }
    return entries;
  }
}
