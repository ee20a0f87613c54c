package org.tessera.jobs.progress;

import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.spark.Progress;
import org.tessera.pipeline.spark.TokenizeListener;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The progress of a run: samples done, rates, rejects and time left. Follows the tasks through
 * Spark's heartbeats; between waves the ledger's counts replace what the tasks told. One line that
 * is rewritten on a terminal, plain lines elsewhere. Thread-safe.
 */
public final class ProgressMeter extends SparkListener implements TokenizeListener {
  private static final String PREFIX = "tessera.";

  private final PrintStream out;
  private final boolean terminal;
  private final long intervalNanos;
  private final long start = System.nanoTime();
  private final Map<Long, Map<String, Long>> tasks = new HashMap<>();
  private RunManifest run;
  private Counts before = new Counts();
  private Counts committed = new Counts();
  private long lastPrint = System.nanoTime();

  /**
   * A meter.
   *
   * @param out where to print, stderr in production
   * @param terminal whether the line can be rewritten
   */
  public ProgressMeter(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
    this.intervalNanos = terminal ? 500_000_000L : 10_000_000_000L;
  }

  @Override
  public synchronized void started(RunManifest newRun, Counts done, Progress progress) {
    run = newRun;
    before = copy(done);
    committed = copy(done);
    out.printf(
        Locale.ROOT,
        "%s: %,d inputs, %s, %d wave%s%s%n",
        run.runId(),
        run.inputs(),
        bytes(run.bytes()),
        run.waves(),
        run.waves() == 1 ? "" : "s",
        done.value("samples") > 0
            ? String.format(Locale.ROOT, "; %,d samples were done before", done.value("samples"))
            : "");
  }

  @Override
  public synchronized void waveDone(WaveRecord wave, Counts total) {
    committed = copy(total);
    tasks.clear();
    print(true);
  }

  @Override
  public synchronized void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    for (var task : CollectionConverters.asJava(update.accumUpdates())) {
      Map<String, Long> values = new HashMap<>();
      for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
        take(info, values);
      }
      if (!values.isEmpty()) {
        tasks.put((Long) task._1(), values);
      }
    }
    print(false);
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    if (end.taskInfo() == null || !end.taskInfo().successful()) {
      return;
    }
    Map<String, Long> values = new HashMap<>();
    for (AccumulableInfo info : CollectionConverters.asJava(end.taskInfo().accumulables())) {
      take(info, values);
    }
    if (!values.isEmpty()) {
      tasks.put(end.taskInfo().taskId(), values);
    }
    print(false);
  }

  private static void take(AccumulableInfo info, Map<String, Long> values) {
    if (info.name().isDefined()
        && info.name().get().startsWith(PREFIX)
        && info.update().isDefined()
        && info.update().get() instanceof Long value) {
      values.put(info.name().get().substring(PREFIX.length()), value);
    }
  }

  /** What a run that is stopped now leaves in its output, and how to go on. */
  public synchronized String leaves(String output) {
    return run == null
        ? " before anything was committed (the same command begins again)"
        : String.format(
            Locale.ROOT,
            ": %,d samples of %s are committed in %s (the same command goes on from there)",
            committed.value("samples"),
            run.runId(),
            output);
  }

  private void print(boolean always) {
    long now = System.nanoTime();
    if (run == null || (!always && now - lastPrint < intervalNanos)) {
      return;
    }
    lastPrint = now;
    String line = line((now - start) / 1e9);
    if (terminal) {
      out.print("\r\u001b[K" + line);
      if (always) {
        out.println();
      }
    } else {
      out.println(line);
    }
    out.flush();
  }

  private String line(double seconds) {
    long samples = total("samples", "samples");
    long tokens = total("tokens", "tokens");
    long rejected = total("rejects", "rejected");
    double rate = (samples - before.value("samples")) / seconds;
    double tokenRate = (tokens - before.value("tokens")) / seconds;
    String left =
        rate > 0 && samples < run.inputs()
            ? ", about " + time((run.inputs() - samples) / rate) + " left"
            : "";
    return String.format(
        Locale.ROOT,
        // Containers hold more samples than there are inputs; how many is known at the end.
        samples > run.inputs()
            ? "%,d samples of %,d inputs, %,.1f samples/s, %,.0f tokens/s, %,d rejected%s"
            : "%,d / %,d samples, %,.1f samples/s, %,.0f tokens/s, %,d rejected%s",
        samples,
        run.inputs(),
        rate,
        tokenRate,
        rejected,
        left);
  }

  private long total(String accumulator, String count) {
    long total = committed.value(count);
    for (Map<String, Long> task : tasks.values()) {
      total += task.getOrDefault(accumulator, 0L);
    }
    return total;
  }

  private static Counts copy(Counts counts) {
    Counts copy = new Counts();
    copy.add(counts);
    return copy;
  }

  /** A duration for people. */
  static String time(double seconds) {
    Duration duration = Duration.ofSeconds(Math.round(seconds));
    if (duration.toHours() > 0) {
      return duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }
    return duration.toMinutes() > 0
        ? duration.toMinutes() + " min " + duration.toSecondsPart() + " s"
        : duration.toSeconds() + " s";
  }

  /** Bytes for people. */
  public static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " bytes";
    }
    String[] units = {"kB", "MB", "GB", "TB", "PB"};
    double value = bytes;
    int unit = -1;
    while (value >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }
}
