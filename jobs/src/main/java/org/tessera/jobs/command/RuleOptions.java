package org.tessera.jobs.command;

import java.util.List;
import org.tessera.pipeline.ledger.RejectLimit;
import org.tessera.pipeline.spark.Isolation;
import org.tessera.pipeline.spark.RunRules;
import org.tessera.pipeline.spark.RunRules.Change;
import org.tessera.pipeline.spark.RunRules.Copies;
import org.tessera.pipeline.spark.RunRules.Retry;
import picocli.CommandLine.Option;

/** What a run reads again, what it takes for the same, and when it stops. */
final class RuleOptions {
  @Option(
      names = "--max-reject-rate",
      paramLabel = "R",
      defaultValue = "1",
      description = "Stop with exit code 3 when more than this share (0 to 1) is rejected.")
  private double maxRejectRate;

  @Option(
      names = "--max-prefix-reject-rate",
      paramLabel = "R",
      defaultValue = "1",
      description = {
        "The same for each part of the input: an --input itself, and each folder directly in it."
      })
  private double maxPrefixRejectRate;

  @Option(
      names = "--reject-rate-after",
      paramLabel = "N",
      defaultValue = "100",
      description = {
        "Judge shares after each wave from so many samples on (default: ${DEFAULT-VALUE});",
        "that of the whole input also at the end."
      })
  private long minSamples;

  @Option(
      names = "--retry-rejected",
      arity = "0..1",
      fallbackValue = "transient",
      paramLabel = "WHICH",
      description = {
        "Also read again what earlier runs rejected: transient (the default: what may pass, such",
        "as missing files and time limits) or all. What succeeds leaves the rejects."
      })
  private String retry;

  @Option(
      names = "--by-content",
      description = "Leave files alone whose time or mark changed but whose bytes did not.")
  private boolean byContent;

  @Option(
      names = "--dedup",
      description = {
        "Read one of several new files with equal bytes, and write its tokens for each of them."
      })
  private boolean dedup;

  @Option(
      names = "--isolate",
      description = {
        "Decode in worker processes: a file that crashes a decoder costs one sample. Without it",
        "only attempts after the first do."
      })
  private boolean isolate;

  /** Adds what is wrong with these options. */
  void check(List<String> problems) {
    checkShare("--max-reject-rate", maxRejectRate, problems);
    checkShare("--max-prefix-reject-rate", maxPrefixRejectRate, problems);
    if (retry != null && !List.of("transient", "all").contains(retry)) {
      problems.add("--retry-rejected must be transient or all: " + retry);
    }
    if (minSamples < 1) {
      problems.add("--reject-rate-after must be at least 1: " + minSamples);
    }
  }

  /** Whether rejected samples are read again. */
  boolean retries() {
    return retry != null;
  }

  RunRules rules() {
    return RunRules.DEFAULT
        .withRetry(retry == null ? Retry.NONE : retry.equals("all") ? Retry.ALL : Retry.TRANSIENT)
        .withChange(byContent ? Change.BY_CONTENT : Change.BY_STATE)
        .withCopies(dedup ? Copies.SHARE : Copies.READ)
        .withLimit(new RejectLimit(maxRejectRate, maxPrefixRejectRate, minSamples))
        .withIsolation(isolate ? Isolation.ALWAYS : Isolation.AUTOMATIC);
  }

  private static void checkShare(String option, double value, List<String> problems) {
    if (!(value >= 0 && value <= 1)) {
      problems.add(option + " must be from 0 to 1: " + value);
    }
  }
}
