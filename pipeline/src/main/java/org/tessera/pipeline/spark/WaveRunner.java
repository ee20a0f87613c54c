package org.tessera.pipeline.spark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.api.java.JavaSparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.storage.Retries;
import org.tessera.pipeline.storage.Storage;

/**
 * Runs one wave: clears what an unfinished attempt left, runs the tasks, commits, and reads the
 * files back. The caller marks the wave in the ledger. Used by one thread.
 */
final class WaveRunner {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(WaveRunner.class);

  /** How often a wave is run whose files the storage or the committer lost. */
  private static final int ATTEMPTS = 3;

  private final JavaSparkContext spark;
  private final Storage storage;
  private final Progress progress;

  WaveRunner(JavaSparkContext spark, Storage storage, Progress progress) {
    this.spark = spark;
    this.storage = storage;
    this.progress = progress;
  }

  /**
   * Runs a wave, and again when its files are not there after the commit.
   *
   * @param template everything but the job id
   * @param inputs the wave's inputs, in order
   * @param tasks the number of tasks, at least 1
   * @param waves the number of waves, for the description
   */
  WaveRecord run(WaveSettings template, List<PlannedInput> inputs, int tasks, int waves)
      throws IOException {
    // Structured logs tell what a line belongs to.
    try (var run = MDC.putCloseable("run_id", template.runId());
        var wave = MDC.putCloseable("wave", Integer.toString(template.wave()))) {
      WaveRecord record = attempts(template, inputs, tasks, waves);
      LOG.info(
          "Wave {}/{} ran: {} inputs in {} s",
          record.wave(),
          waves,
          record.inputs(),
          String.format(Locale.ROOT, "%.1f", record.seconds()));
      return record;
    }
  }

  private WaveRecord attempts(
      WaveSettings template, List<PlannedInput> inputs, int tasks, int waves) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return runOnce(template, inputs, tasks, waves);
      } catch (LostFilesException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.warn("{}: running the wave again", e.getMessage());
      }
    }
  }

  private WaveRecord runOnce(WaveSettings template, List<PlannedInput> inputs, int tasks, int waves)
      throws IOException {
    long start = System.nanoTime();
    clear(template);
    WaveSettings settings = withJob(template, UUID.randomUUID().toString());
    Configuration configuration = spark.hadoopConfiguration();
    WaveCommit commit =
        new WaveCommit(configuration, settings.output(), settings.jobUuid(), settings.wave());
    String group = "tessera " + settings.runId();
    spark.setJobGroup(
        group,
        String.format(
            Locale.ROOT,
            "wave %d/%d: %,d %s inputs",
            settings.wave(),
            waves,
            inputs.size(),
            settings.modality().id()),
        false);
    commit.setupJob();
    List<String> reports;
    try {
      List<String> slices = slice(inputs, tasks);
      reports =
          spark
              .parallelize(slices, slices.size())
              .mapPartitionsWithIndex(new WaveTask(settings, progress), true)
              .collect();
      commit.commitJob();
    } catch (Exception e) {
      // The tasks go on when it is this thread that was interrupted.
      spark.cancelJobGroup(group);
      commit.abortJob();
      throw e;
    } finally {
      spark.clearJobGroup();
    }
    return record(settings, inputs.size(), reports, (System.nanoTime() - start) / 1e9);
  }

  /** Removes the wave's folders: an attempt that did not reach the ledger left them. */
  private void clear(WaveSettings settings) throws IOException {
    for (String table : List.of("tokens", "rejects")) {
      storage.delete(folder(table, settings));
    }
  }

  private WaveRecord record(WaveSettings settings, int inputs, List<String> reports, double seconds)
      throws IOException {
    Counts counts = new Counts();
    SortedMap<String, JsonNode> reported = new TreeMap<>();
    String device = "";
    Map<String, Integer> threads = new HashMap<>();
    for (String report : reports) {
      JsonNode node = parse(report);
      counts.add(Counts.fromNode(node.path("counts")));
      node.path("files").forEach(file -> reported.put(file.path("path").asText(), file));
      device = node.path("device").asText();
      threads.put(node.path("executor").asText(), node.path("threads").asInt());
    }
    counts.addCores(seconds, Math.max(1, spark.defaultParallelism()));
    return new WaveRecord(
        settings.wave(),
        inputs,
        counts,
        readBack(settings, reported),
        seconds,
        device,
        threads.values().stream().mapToInt(Integer::intValue).sum(),
        spark.sc().applicationId(),
        Instant.now().toString());
  }

  /** Every reported file is there with its rows, and no other is. */
  private List<WaveRecord.DataFile> readBack(
      WaveSettings settings, SortedMap<String, JsonNode> reported) throws IOException {
    SortedMap<String, JsonNode> missing = new TreeMap<>(reported);
    List<WaveRecord.DataFile> files = new ArrayList<>();
    for (String table : List.of("tokens", "rejects")) {
      for (FileStatus status : storage.list(folder(table, settings))) {
        String path = folder(table, settings) + "/" + status.getPath().getName();
        if (status.isDirectory() || !path.endsWith(".parquet")) {
          continue;
        }
        JsonNode expected = missing.remove(path);
        long rows = rows(status);
        if (expected == null || expected.path("rows").asLong() != rows) {
          throw new LostFilesException(
              "Cannot commit wave "
                  + settings.wave()
                  + ": "
                  + path
                  + " has "
                  + rows
                  + " rows, its task reported "
                  + (expected == null ? "no such file" : expected.path("rows").asLong())
                  + " (the storage or the committer lost or repeated data; run again)");
        }
        files.add(
            new WaveRecord.DataFile(path, rows, status.getLen(), expected.path("digest").asText()));
      }
    }
    if (!missing.isEmpty()) {
      throw new LostFilesException(
          "Cannot commit wave "
              + settings.wave()
              + ": these files are missing after the commit: "
              + missing.keySet()
              + " (check the committer and the storage; run again)");
    }
    return files;
  }

  private long rows(FileStatus status) throws IOException {
    return Retries.read(
        () -> {
          try (ParquetFileReader reader =
              ParquetFileReader.open(
                  HadoopInputFile.fromStatus(status, spark.hadoopConfiguration()))) {
            return reader.getRecordCount();
          }
        });
  }

  /** Cuts the inputs, in order, into at most {@code tasks} slices of about equal bytes. */
  static List<String> slice(List<PlannedInput> inputs, int tasks) {
    // A small file costs about as much as this many bytes beside its own.
    long perInput = 1 << 16;
    long total = inputs.stream().mapToLong(input -> input.bytes() + perInput).sum();
    List<String> slices = new ArrayList<>();
    StringBuilder slice = new StringBuilder();
    long done = 0;
    for (PlannedInput input : inputs) {
      // Copies stay with the input that is read for them.
      boolean full = slice.length() > 0 && done * tasks >= total * (slices.size() + 1);
      if (full && input.copyOf().isEmpty()) {
        slices.add(slice.toString());
        slice.setLength(0);
      }
      if (slice.length() > 0) {
        slice.append('\n');
      }
      slice.append(input.toJson());
      done += input.bytes() + perInput;
    }
    if (slice.length() > 0) {
      slices.add(slice.toString());
    }
    return slices;
  }

  private static String folder(String table, WaveSettings settings) {
    return OutputLayout.waveData(
        table, settings.modality(), settings.tokenizer(), settings.runId(), settings.wave());
  }

  private static WaveSettings withJob(WaveSettings settings, String jobUuid) {
    return new WaveSettings(
        settings.output(),
        jobUuid,
        settings.runId(),
        settings.wave(),
        settings.modality(),
        settings.tokenizer(),
        settings.bundle(),
        settings.identity(),
        settings.sources(),
        settings.isolation(),
        settings.model(),
        settings.encode(),
        settings.limits());
  }

  /** What tasks reported is not what is there after the commit. */
  private static final class LostFilesException extends IOException {
    private static final long serialVersionUID = 1L;

    LostFilesException(String message) {
      super(message);
    }
  }

  private static JsonNode parse(String report) {
    try {
      return JSON.readTree(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read a task's report: " + report, e);
    }
  }
}
