package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.pipeline.ledger.Counts;
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
      "the ledger says, and that all ids lie within their codebooks."
    },
    footer = {
      "",
      "Example:",
      "  tessera verify --tokens tokens",
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

  @Override
  public Integer call() throws Exception {
    VerifyFlow.Report report;
    try (SparkSession session = SparkSessions.open("verify", common)) {
      report = new VerifyFlow(session, tokens).run();
    }
    common.print(node(report), text(report));
    return report.findings().isEmpty() ? ExitCodes.OK : ExitCodes.NOT_VERIFIED;
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
