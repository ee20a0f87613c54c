package org.tessera.jobs.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.config.ConfigException;
import org.tessera.jobs.progress.ProgressMeter;
import org.tessera.pipeline.spark.TokenizeFlow;
import org.tessera.pipeline.spark.TokenizeRequest;
import org.tessera.pipeline.spark.TokenizeResult;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.spark.ModelSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera tokenize}: the main job. */
@Command(
    name = "tokenize",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Turns files into tokens. Goes on by itself where an earlier call stopped, and does only",
      "what is new or changed when all was done."
    },
    footer = {
      "",
      "Examples:",
      "  tessera tokenize --input photos --tokenizer image.bundle --output tokens",
      "  tessera tokenize --input s3a://corpus/audio --include '*.flac' \\",
      "      --tokenizer s3a://models/codec.bundle --output s3a://corpus/tokens \\",
      "      --max-reject-rate 0.01",
      "",
      "Exit codes: 0 ok, 1 failed, 2 usage, 3 reject limit exceeded"
    })
public final class TokenizeCommand implements Callable<Integer>, Stoppable {
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private InputOptions input;
  @Mixin private LimitOptions limits;

  @Option(
      names = "--manifest",
      paramLabel = "TABLE",
      description = {
        "Inputs from a table instead of a listing: .csv, .tsv, .jsonl or .parquet with a column",
        "uri and, where known, size, etag, modified; other columns are passed through; repeatable."
      })
  private final List<String> manifests = new ArrayList<>();

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "BUNDLE",
      description = "The tokenizer bundle: a directory or zip, local or remote.")
  private String tokenizer;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Where tokens, rejects and the state of runs go.")
  private String output;

  @Option(
      names = "--run-id",
      paramLabel = "ID",
      description = "Begin, or go on with, the run of this id; a finished one is left as it is.")
  private String runId;

  @Option(
      names = "--append",
      description = "Add a second tokenizer's tokens to an output that holds another's.")
  private boolean append;

  @Mixin private RuleOptions rules;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Samples of equal shape per model call (default: by the size of their inputs).")
  private Integer batch;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "0",
      description = "Tasks, and so files, per wave (default: one per core).")
  private int partitions;

  @Option(
      names = "--wave-inputs",
      paramLabel = "N",
      defaultValue = "16384",
      description = "Inputs per wave, the unit of commit (default: ${DEFAULT-VALUE}).")
  private int waveInputs;

  @Option(
      names = "--wave-bytes",
      paramLabel = "N",
      defaultValue = "8589934592",
      description = "Bytes per wave (default: ${DEFAULT-VALUE}).")
  private long waveBytes;

  @Option(
      names = "--dry-run",
      description = "Show what would be read, replaced and removed; write nothing.")
  private boolean dryRun;

  @Option(
      names = "--keep",
      paramLabel = "N",
      description = "Only the first N ids along the bundle's prefix axis, e.g. RVQ levels.")
  private Integer keep;

  private final ProgressMeter meter = new ProgressMeter(System.err, System.console() != null);

  @Override
  public String leaves() {
    return meter.leaves(output);
  }

  @Override
  public Integer call() throws Exception {
    checkOptions();
    ModelSettings settings = model.settings();
    TokenizeRequest request =
        new TokenizeRequest(
            input.inputs(),
            manifests,
            input.filter(),
            tokenizer,
            output,
            Optional.ofNullable(runId),
            append,
            waveInputs,
            waveBytes,
            partitions,
            settings,
            keep == null ? OptionalInt.empty() : OptionalInt.of(keep),
            rules.rules(),
            encode(),
            limits.limits());
    TokenizeResult result;
    try (SparkSession session = SparkSessions.open("tokenize", common)) {
      session.sparkContext().addSparkListener(meter);
      TokenizeFlow flow = new TokenizeFlow(session, request, meter);
      if (dryRun) {
        DryRunSummary summary = new DryRunSummary(flow.dryRun(), output);
        common.print(summary.toNode(), summary.text());
        return ExitCodes.OK;
      }
      result = flow.run();
    }
    TokenizeSummary summary = new TokenizeSummary(result, output);
    common.print(summary.toNode(), summary.text());
    return result.rejectLimitExceeded() ? ExitCodes.REJECT_LIMIT : ExitCodes.OK;
  }

  private EncodeOptions encode() {
    EncodeOptions defaults = EncodeOptions.DEFAULT;
    return new EncodeOptions(
        batch == null ? EncodeOptions.BY_SIZE : batch,
        defaults.windowSamples(),
        defaults.windowBytes(),
        defaults.chunkSegments(),
        limits.limits().timeoutMillis());
  }

  private void checkOptions() {
    List<String> problems = new ArrayList<>();
    model.check(problems);
    if (input.inputs().isEmpty() && manifests.isEmpty() && !rules.retries()) {
      problems.add("--input, --manifest or --retry-rejected must be given");
    }
    rules.check(problems);
    if (batch != null && batch < 1) {
      problems.add("--batch must be at least 1: " + batch);
    }
    if (partitions < 0) {
      problems.add("--partitions must not be negative: " + partitions);
    }
    if (waveInputs < 1) {
      problems.add("--wave-inputs must be at least 1: " + waveInputs);
    }
    if (waveBytes < 1) {
      problems.add("--wave-bytes must be at least 1: " + waveBytes);
    }
    if (runId != null && !runId.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
      problems.add("--run-id must be letters, digits and . _ - (at most 100): " + runId);
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("these options", problems);
    }
  }
}
