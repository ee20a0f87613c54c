package org.tessera.pipeline.spark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.util.LongAccumulator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.tessera.model.pool.ModelLease;
import org.tessera.model.tokenizer.Tokenizer;
import org.tessera.model.tokenizer.TokenizerOptions.Numerics;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.read.ObjectReader;
import org.tessera.pipeline.read.SampleReader;
import org.tessera.pipeline.tokens.TokenTable;
import org.tessera.udf.container.Containers;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.encode.EncodeTimes;
import org.tessera.udf.encode.SampleEncoder;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.isolate.IsolatedFrontEnd;
import org.tessera.udf.isolate.WorkerCommand;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.spark.ExecutorRuntime;

/**
 * One task of a wave: reads its inputs, encodes them, writes and commits its files, and reports
 * what it did. Crosses to executors as texts; the accumulators are for the progress line only.
 */
final class WaveTask implements Function2<Integer, Iterator<String>, Iterator<String>> {
  private static final long serialVersionUID = 1L;
  private static final long HEAP_BYTES = 64L << 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(WaveTask.class);

  private final String settingsJson;
  private final LongAccumulator samplesDone;
  private final LongAccumulator tokensDone;
  private final LongAccumulator rejectsDone;

  WaveTask(WaveSettings settings, Progress progress) {
    this.settingsJson = settings.toJson();
    this.samplesDone = progress.samples();
    this.tokensDone = progress.tokens();
    this.rejectsDone = progress.rejects();
  }

  /** Each element is the inputs of one task, a JSON text a line. */
  @Override
  public Iterator<String> call(Integer partition, Iterator<String> elements) throws IOException {
    WaveSettings settings = WaveSettings.fromJson(settingsJson);
    try (var run = MDC.putCloseable("run_id", settings.runId());
        var wave = MDC.putCloseable("wave", Integer.toString(settings.wave()))) {
      return call(settings, partition, elements);
    }
  }

  private Iterator<String> call(WaveSettings settings, int partition, Iterator<String> elements)
      throws IOException {
    Configuration configuration = SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf());
    WaveCommit commit =
        new WaveCommit(configuration, settings.output(), settings.jobUuid(), settings.wave());
    WaveCommit.Attempt attempt = commit.attempt(partition, TaskContext.get().attemptNumber());
    try {
      String report = run(settings, configuration, attempt, partition, elements);
      attempt.commit();
      LOG.debug("Task {} is committed: {}", partition, report);
      return List.of(report).iterator();
    } catch (IOException | RuntimeException | Error e) {
      attempt.abort();
      throw e;
    }
  }

  private String run(
      WaveSettings settings,
      Configuration configuration,
      WaveCommit.Attempt attempt,
      int partition,
      Iterator<String> elements)
      throws IOException {
    ExecutorRuntime runtime = ExecutorRuntime.instance(settings.model().device());
    EncodeTimes times = new EncodeTimes();
    Iterator<PlannedInput> inputs =
        elements.hasNext()
            ? elements.next().lines().map(PlannedInput::fromJson).iterator()
            : Collections.emptyIterator();
    ObjectReader reader = new ObjectReader(configuration, settings.limits().bytes(), HEAP_BYTES);
    try (ModelLease lease =
        runtime.lease(settings.bundle(), settings.identity(), settings.model())) {
      Tokenizer tokenizer = lease.tokenizer();
      SampleReader samples = new SampleReader(reader, settings.modality(), settings.limits());
      WaveWriter[] target = new WaveWriter[1];
      SharedReadings shared =
          new SharedReadings(inputs, reader, outcome -> write(outcome, target[0]));
      try (IsolatedFrontEnd isolated = isolated(settings, tokenizer);
          Containers.Samples raw = samples.samples(shared.inputs());
          SampleEncoder encoder =
              new SampleEncoder(
                  raw,
                  isolated == null
                      ? FrontEnds.of(tokenizer.manifest(), settings.limits())
                      : isolated,
                  tokenizer,
                  runtime.compute(),
                  runtime.fetchers(),
                  settings.encode(),
                  times);
          WaveWriter writer =
              new WaveWriter(
                  attempt.workPath(),
                  configuration,
                  settings,
                  partition,
                  metadata(settings, tokenizer))) {
        target[0] = writer;
        drain(encoder, shared);
        List<WaveWriter.Written> files = writer.finish();
        writer.counts().addTimes(times);
        writer.counts().forEach(runtime.metrics()::add);
        return taskReport(writer, files, tokenizer, runtime.compute().threads());
      }
    }
  }

  /** Worker processes, for attempts after the first too; null to decode in this process. */
  private static IsolatedFrontEnd isolated(WaveSettings settings, Tokenizer tokenizer) {
    if (settings.isolation() == Isolation.AUTOMATIC && TaskContext.get().attemptNumber() == 0) {
      return null;
    }
    return new IsolatedFrontEnd(
        WorkerCommand.ofThisProcess(), tokenizer.manifest(), settings.limits());
  }

  private void write(SampleOutcome outcome, WaveWriter writer) throws IOException {
    long before = writer.counts().value("samples");
    writer.write(outcome);
    samplesDone.add(writer.counts().value("samples") - before);
    if (outcome.isTokenized()) {
      tokensDone.add(outcome.tokens().ids().length);
    } else {
      rejectsDone.add(1);
    }
  }

  private static void drain(SampleEncoder encoder, SharedReadings shared) throws IOException {
    while (encoder.hasNext()) {
      shared.write(encoder.next());
      if (TaskContext.get().isInterrupted()) {
        throw new java.io.InterruptedIOException("Cannot finish the task: it was cancelled");
      }
    }
    shared.flush();
  }

  private static String taskReport(
      WaveWriter writer, List<WaveWriter.Written> files, Tokenizer tokenizer, int threads) {
    ObjectNode node = JSON.createObjectNode();
    node.set("counts", writer.counts().toNode());
    var array = node.putArray("files");
    files.forEach(
        file ->
            array
                .addObject()
                .put("path", file.path())
                .put("rows", file.rows())
                .put("digest", file.digest()));
    node.put("device", tokenizer.device());
    node.put("executor", SparkEnv.get().executorId());
    node.put("threads", threads);
    return node.toString();
  }

  private static Map<String, String> metadata(WaveSettings settings, Tokenizer tokenizer) {
    SortedMap<String, String> metadata = new TreeMap<>();
    metadata.put("tessera.schema_version", Integer.toString(TokenTable.SCHEMA_VERSION));
    metadata.put("tessera.tokenizer", settings.tokenizer());
    metadata.put("tessera.bundle_fingerprint", settings.identity());
    metadata.put("tessera.run", settings.runId());
    ObjectNode numerics = JSON.createObjectNode();
    numerics.put("engine", tokenizer.engineVersion());
    numerics.put("device", tokenizer.device());
    int batch = settings.encode().batch();
    numerics.put("batch", batch == EncodeOptions.BY_SIZE ? "by size" : Integer.toString(batch));
    numerics.put("batch_rule", "equal shapes, no padding");
    numerics.put(
        "samples", settings.model().numerics() == Numerics.EXACT ? "one by one" : "batched");
    metadata.put("tessera.numerics", numerics.toString());
    return metadata;
  }
}
