package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.config.ConfigException;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.spark.ResampleFlow;
import org.tessera.pipeline.spark.VerifyFlow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera verify}: proves an output. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Proves that every planned input is tokenized or rejected, once, that the files are what",
      "the ledger says, and that all ids lie within their codebooks. With --resample, reads a share",
      "of the samples again and compares the fingerprints of bundle and numerics, the digests of",
      "the inputs and then the ids that encoding gives."
    },
    footer = {
      "",
      "Examples:",
      "  tessera verify --tokens tokens",
      "  tessera verify --tokens tokens --resample 0.01 --tokenizer bundle",
      "",
      "Exit codes: 0 verified, 1 failed, 2 usage, 4 something is wrong (listed)"
    })
public final class VerifyCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--tokens",
      required = true,
      paramLabel = "URI",
      description = "The output of tokenize.")
  private String tokens;

  @Option(
      names = "--resample",
      paramLabel = "SHARE",
      defaultValue = "0",
      description = {
        "Encode this share of the rows again, above 0 and at most 1, and compare the ids (default:",
        "none). The inputs must still be there; needs --tokenizer."
      })
  private double resample;

  @Option(
      names = "--tokenizer",
      paramLabel = "BUNDLE",
      description = "The bundle that made the tokens, for --resample.")
  private String tokenizer;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Chooses the rows of --resample (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private ModelOptions model;

  @Override
  public Integer call() throws Exception {
    checkOptions();
    VerifyFlow.Report report;
    ResampleFlow.Report again = null;
    try (SparkSession session = SparkSessions.open("verify", common)) {
      report = new VerifyFlow(session, tokens).run();
      if (resample > 0) {
        again =
            new ResampleFlow(
                    session,
                    new ResampleFlow.Request(tokens, tokenizer, resample, seed, model.settings()))
                .run();
      }
    }
    boolean verified = report.findings().isEmpty() && (again == null || again.findings().isEmpty());
    ObjectNode node = node(report);
    String text = text(report);
    if (again != null) {
      node.put("verified", verified);
      again.findings().forEach(node.withArrayProperty("findings")::add);
      node.set("resample", node(again));
      text = text + text(again);
    }
    common.print(node, text);
    return verified ? ExitCodes.OK : ExitCodes.NOT_VERIFIED;
  }

  private void checkOptions() {
    List<String> problems = new ArrayList<>();
    model.check(problems);
    if (!(resample >= 0 && resample <= 1)) {
      problems.add("--resample must be 0 to 1: " + resample);
    }
    if (resample > 0 && tokenizer == null) {
      problems.add("--resample needs --tokenizer, the bundle that made the tokens");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("these options", problems);
    }
  }

  private static ObjectNode node(ResampleFlow.Report again) {
    return new ObjectMapper()
        .createObjectNode()
        .put("rows", again.rows())
        .put("ids", again.ids())
        .put("differing_rows", again.differingRows())
        .put("differing_ids", again.differingIds())
        .put("unreadable", again.unreadable())
        .put("numerics", again.numerics());
  }

  private static String text(ResampleFlow.Report again) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%nEncoded again: %,d of %,d ids differ, in %,d of %,d rows; %,d inputs changed or unreadable",
                again.differingIds(),
                again.ids(),
                again.differingRows(),
                again.rows(),
                again.unreadable()));
    if (!again.numerics().isEmpty()) {
      text.append("\n  ").append(again.numerics()).append(": ids may differ by rounding");
    }
    again.findings().forEach(finding -> text.append("\n  - ").append(finding));
    return text.toString();
  }

  private ObjectNode node(VerifyFlow.Report report) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "verify");
    node.put("tokens", tokens);
    node.put("verified", report.findings().isEmpty());
    report.findings().forEach(node.putArray("findings")::add);
    node.put("runs", report.runs());
    node.put("waves", report.waves());
    node.setAll(report.counts().toNode());
    return node;
  }

  private String text(VerifyFlow.Report report) {
    Counts counts = report.counts();
    String head =
        String.format(
            Locale.ROOT,
            "%,d samples = %,d tokenized + %,d rejected; %,d rows, %,d tokens, %d waves of %d runs",
            counts.value("samples"),
            counts.value("tokenized"),
            counts.value("rejected"),
            counts.value("rows"),
            counts.value("tokens"),
            report.waves(),
            report.runs());
    if (report.findings().isEmpty()) {
      return "Verified: " + head;
    }
    StringBuilder text = new StringBuilder("NOT VERIFIED: " + head);
    report.findings().forEach(finding -> text.append("\n  - ").append(finding));
    return text.toString();
  }
}
