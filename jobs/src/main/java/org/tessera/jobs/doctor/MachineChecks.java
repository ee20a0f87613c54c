package org.tessera.jobs.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.tessera.pipeline.storage.LocalNames;

/** What a JVM that decodes and runs models needs of its machine. */
final class MachineChecks {
  private static final long GIB = 1L << 30;

  /** Models, decoders and TensorFlow itself live beside the heap. */
  private static final long OUTSIDE_THE_HEAP = 2 * GIB;

  /** Natives that are unpacked, and Spark's spilled blocks. */
  private static final long TEMPORARY = 4 * GIB;

  private MachineChecks() {}

  /** Looks at this JVM and its machine. */
  static List<Check> run() {
    List<Check> checks = new ArrayList<>();
    checks.add(java());
    checks.add(names(LocalNames.charset(), LocalNames.allCanBeWritten()));
    checks.add(memory());
    checks.add(temporary(Path.of(System.getProperty("java.io.tmpdir"))));
    checks.addAll(NativeChecks.run());
    checks.add(rapids());
    return checks;
  }

  private static Check java() {
    String found =
        String.format(
            "%s by %s, %s, %d processors",
            System.getProperty("java.version"),
            System.getProperty("java.vendor"),
            System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors());
    return Runtime.version().feature() >= 17
        ? Check.ok("java", found)
        : Check.change(
            "java", found, "use JDK 17 or newer (JAVA_HOME, spark.executorEnv.JAVA_HOME)");
  }

  static Check names(String charset, boolean all) {
    return all
        ? Check.ok("file names", charset)
        : Check.note("file names", charset, "for local files of other names " + LocalNames.ADVICE);
  }

  private static Check memory() {
    var machine = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return memory(Runtime.getRuntime().maxMemory(), machine.getTotalMemorySize());
  }

  static Check memory(long heap, long total) {
    String found = String.format(Locale.ROOT, "heap up to %s of %s", gib(heap), gib(total));
    return total - heap >= OUTSIDE_THE_HEAP
        ? Check.ok("memory", found)
        : Check.change(
            "memory",
            found,
            "models and decoders need "
                + gib(OUTSIDE_THE_HEAP)
                + " beside the heap (lower spark.executor.memory or -Xmx, raise"
                + " spark.executor.memoryOverhead)");
  }

  static Check temporary(Path folder) {
    try {
      Path probe = Files.createTempFile(folder, "tessera", ".probe");
      Files.delete(probe);
      FileStore store = Files.getFileStore(folder);
      String found = folder + ", " + gib(store.getUsableSpace()) + " free";
      return store.getUsableSpace() >= TEMPORARY
          ? Check.ok("temp", found)
          : Check.change(
              "temp",
              found,
              "make " + gib(TEMPORARY) + " free, or set -Djava.io.tmpdir and spark.local.dir");
    } catch (IOException e) {
      return Check.change(
          "temp",
          "cannot write to " + folder + ": " + e.getMessage(),
          "set -Djava.io.tmpdir to a folder that can be written");
    }
  }

  private static Check rapids() {
    SparkEnv env = SparkEnv.get();
    SparkConf conf = env == null ? new SparkConf(false) : env.conf();
    return rapids(conf.get("spark.plugins", ""));
  }

  static Check rapids(String plugins) {
    String plugin = "com.nvidia.spark.SQLPlugin";
    if (!plugins.contains(plugin)) {
      return Check.ok("rapids", "not asked for (conf/spark/gpu-rapids.conf)");
    }
    try {
      Class.forName(plugin, false, Thread.currentThread().getContextClassLoader());
      return Check.ok("rapids", "loaded");
    } catch (ClassNotFoundException e) {
      return Check.change(
          "rapids",
          "spark.plugins names it, and it is not there",
          "add rapids-4-spark with --jars");
    }
  }

  static String gib(long bytes) {
    return String.format(Locale.ROOT, "%.1f GiB", bytes / (double) GIB);
  }
}
