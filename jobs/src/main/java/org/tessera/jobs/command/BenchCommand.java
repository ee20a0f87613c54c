package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.config.ConfigException;
import org.tessera.jobs.progress.ProgressMeter;
import org.tessera.pipeline.bench.Stopwatch;
import org.tessera.pipeline.spark.bench.BenchFlow;
import org.tessera.pipeline.spark.bench.BenchRequest;
import org.tessera.pipeline.spark.bench.BenchResult;
import org.tessera.udf.encode.EncodeOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera bench}: how near a run comes to what the decoders and the model can do. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = BenchStatsCommand.class,
    description = {
      "Measures, in this process and on the same inputs, decoding alone, the model alone and the",
      "whole tokenize job, and says how much of their common ceiling the job reaches. Each part is",
      "measured in every round; its fastest round counts. Nothing is kept."
    },
    footer = {
      "",
      "Examples:",
      "  tessera bench --input photos --tokenizer bundle",
      "  tessera bench --input speech --tokenizer codec --limit 500 --rounds 5 --json",
      "  tessera bench stats --help"
    })
public final class BenchCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private InputOptions input;
  @Mixin private ModelOptions model;
  @Mixin private LimitOptions limits;

  @Option(names = "--tokenizer", paramLabel = "BUNDLE", description = "The tokenizer to measure.")
  private String tokenizer;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Only the first N inputs (default: all).")
  private int limit;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each part is measured (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Samples per model call of the whole job (default: by the size of their inputs).")
  private Integer batch;

  @Override
  public Integer call() throws Exception {
    checkOptions();
    Path work = Files.createTempDirectory("tessera-bench-");
    Stopwatch start = new Stopwatch();
    try (SparkSession session = SparkSessions.open("bench", common)) {
      double sparkSeconds = start.seconds();
      EncodeOptions defaults = EncodeOptions.DEFAULT;
      BenchResult result =
          new BenchFlow(
                  session,
                  new BenchRequest(
                      input.inputs(),
                      input.filter(),
                      limit,
                      tokenizer,
                      work,
                      rounds,
                      model.settings(),
                      new EncodeOptions(
                          batch == null ? EncodeOptions.BY_SIZE : batch,
                          defaults.windowSamples(),
                          defaults.windowBytes(),
                          defaults.chunkSegments(),
                          limits.limits().timeoutMillis()),
                      limits.limits()))
              .run();
      common.print(node(result, sparkSeconds), text(result, sparkSeconds));
    } finally {
      delete(work);
    }
    return ExitCodes.OK;
  }

  private void checkOptions() {
    List<String> problems = new ArrayList<>();
    model.check(problems);
    if (input.inputs().isEmpty()) {
      problems.add("--input must be given");
    }
    if (tokenizer == null) {
      problems.add("--tokenizer must be given");
    }
    if (limit < 0) {
      problems.add("--limit must not be negative: " + limit);
    }
    if (rounds < 1) {
      problems.add("--rounds must be at least 1: " + rounds);
    }
    if (batch != null && batch < 1) {
      problems.add("--batch must be at least 1: " + batch);
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("these options", problems);
    }
  }

  private static ObjectNode node(BenchResult result, double sparkSeconds) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "bench");
    node.put("modality", result.modality().id());
    node.put("cores", result.cores());
    node.put("device", result.device());
    node.put("spark_start_s", sparkSeconds);
    node.put("start_s", result.startSeconds());
    node.putObject("decode")
        .put("samples_per_s", result.decode().samples() / result.decode().seconds())
        .put("seconds", result.decode().seconds())
        .put("cpu_s", result.decode().cpuSeconds());
    node.putObject("model")
        .put("segments_per_s", result.model().perSecond())
        .put("batch", result.model().batch())
        .put("calls", result.model().calls())
        .put("seconds", result.modelSeconds());
    node.put("ceiling_samples_per_s", result.ceiling());
    ObjectNode run = node.putObject("tokenize");
    run.put("samples_per_s", result.samplesPerSecond());
    run.put("seconds", result.runSeconds());
    run.put("cpu_s", result.runCpuSeconds());
    run.setAll(result.counts().toNode());
    node.put("ratio", result.ratio());
    result.shares().forEach(node.putObject("shares")::put);
    node.put("verdict", result.verdict());
    return node;
  }

  private static String text(BenchResult result, double sparkSeconds) {
    double seconds = result.runSeconds();
    StringBuilder text = new StringBuilder();
    line(
        text,
        "inputs",
        "%,d samples of %s, %,d segments, %s; %d cores, %s",
        result.decode().samples(),
        result.modality().id(),
        result.decode().segments(),
        ProgressMeter.bytes(result.decode().bytes()),
        result.cores(),
        result.device());
    line(
        text,
        "start-up",
        "Spark %.1f s, bundle, listing and a first pass %.1f s (in no rate below)",
        sparkSeconds,
        result.startSeconds());
    line(
        text,
        "bare decode",
        "%,.1f samples/s (%d threads)",
        result.decode().samples() / result.decode().seconds(),
        result.cores());
    line(
        text,
        "bare model",
        "%,.1f segments/s, %,.0f tokens/s (batch %d, %d calls at once)",
        result.model().perSecond(),
        result.model().perSecond() * result.model().tokensPerSegment(),
        result.model().batch(),
        result.model().calls());
    line(text, "ceiling", "%,.1f samples/s", result.ceiling());
    line(
        text,
        "tokenize",
        "%,.1f samples/s, %,.0f tokens/s, %s/s%s",
        result.samplesPerSecond(),
        result.counts().value("tokens") / seconds,
        ProgressMeter.bytes(Math.round(result.counts().value("bytes") / seconds)),
        result.counts().value("signal_us") == 0
            ? ""
            : String.format(
                Locale.ROOT,
                ", %,.1f hours of signal per hour",
                result.counts().value("signal_us") / 1e6 / seconds));
    line(text, "reached", "%.1f %% of the ceiling", 100 * result.ratio());
    StringBuilder shares = new StringBuilder();
    for (Map.Entry<String, Double> share : result.shares().entrySet()) {
      shares
          .append(shares.isEmpty() ? "" : ", ")
          .append(String.format(Locale.ROOT, "%s %.1f %%", share.getKey(), 100 * share.getValue()));
    }
    line(
        text,
        "time went",
        "%s of the cores'; fetch threads %.1f s, tasks waiting %.1f s",
        shares,
        result.counts().value("fetch_ns") / 1e9,
        result.counts().value("wait_ns") / 1e9);
    line(text, "verdict", "%s", result.verdict());
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    text.append(
        String.format(Locale.ROOT, "%-12s %s%n", name, String.format(Locale.ROOT, format, values)));
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
