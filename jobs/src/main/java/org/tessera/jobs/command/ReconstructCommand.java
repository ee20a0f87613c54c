package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.pipeline.spark.ReconstructFlow;
import org.tessera.pipeline.spark.ReconstructSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera reconstruct}: tokens back to signals. */
@Command(
    name = "reconstruct",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Decodes tokens back to files (PNG, WAV, ...) and measures how close they are to what the",
      "model read: files/SAMPLE_ID.* and metrics/*.parquet below the output."
    },
    footer = {
      "",
      "Example:",
      "  tessera reconstruct --tokens tokens --tokenizer image.bundle --output look --limit 50",
      "  tessera reconstruct ... --metric-model inception.bundle    (Frechet distance, as the FID)"
    })
public final class ReconstructCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;

  @Option(
      names = "--tokens",
      required = true,
      paramLabel = "URI",
      description = "The output of tokenize.")
  private String tokens;

  @Option(
      names = "--tokenizer",
      required = true,
      paramLabel = "BUNDLE",
      description = "The bundle that made the tokens; it must have a decode signature.")
  private String tokenizer;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where the files and the metrics go.")
  private String output;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many segments, chosen by the seed (default: all).")
  private int limit;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Chooses among the segments (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--metric-model",
      paramLabel = "BUNDLE",
      defaultValue = "",
      description = {
        "A bundle of the same modality, to compare by what it sees: its latents, logits, or the",
        "vectors of its ids as features of each original and reconstruction, their distances, and",
        "the Frechet distance of all."
      })
  private String metricModel;

  @Override
  public Integer call() throws Exception {
    ReconstructFlow.Report report;
    try (SparkSession session = SparkSessions.open("reconstruct", common)) {
      report =
          new ReconstructFlow(
                  session,
                  new ReconstructFlow.Request(
                      tokens, tokenizer, output, limit, seed, metricModel, model.settings()))
              .run();
    }
    common.print(node(report), text(report));
    return ExitCodes.OK;
  }

  private ObjectNode node(ReconstructFlow.Report report) {
    ObjectNode node = ReconstructSummary.node(report);
    node.put("command", "reconstruct");
    node.put("output", output);
    return node;
  }

  private String text(ReconstructFlow.Report report) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT, "Reconstructed %,d segments to %s", report.segments(), output));
    if (report.failed() > 0) {
      text.append(
          String.format(Locale.ROOT, "; %,d originals could not be read again", report.failed()));
    }
    report
        .metrics()
        .forEach(
            (name, metric) ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%n  %-20s mean %.4g  (min %.4g, max %.4g)",
                        name,
                        metric.mean(),
                        metric.min(),
                        metric.max())));
    report
        .frechet()
        .ifPresent(
            distance ->
                text.append(
                    String.format(Locale.ROOT, "%n  %-20s %.4g", "frechet_distance", distance)));
    return text.toString();
  }
}
