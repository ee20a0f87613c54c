package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import org.tessera.jobs.progress.ProgressMeter;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.spark.TokenizeResult;

/** What a tokenize run did, for people and for machines. */
final class TokenizeSummary {
  private final TokenizeResult result;
  private final String output;
  private final double maxRejectRate;

  TokenizeSummary(TokenizeResult result, String output, double maxRejectRate) {
    this.result = result;
    this.output = output;
    this.maxRejectRate = maxRejectRate;
  }

  ObjectNode toNode() {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "tokenize");
    node.put("output", output);
    node.put("run", result.run().map(run -> run.runId()).orElse(null));
    node.put("waves_done", result.wavesDone());
    node.put("nothing_to_do", result.wavesDone() == 0);
    node.setAll(result.counts().toNode());
    node.put("seconds", result.seconds());
    node.put("device", result.device());
    node.put("reject_limit_exceeded", result.rejectLimitExceeded());
    if (result.wavesDone() > 0) {
      node.put("samples_per_second", result.counts().value("samples") / result.seconds());
      node.put("busy_share", busyShare());
    }
    return node;
  }

  String text() {
    if (result.wavesDone() == 0) {
      return "Nothing to do: every input is tokenized or rejected already in " + output;
    }
    Counts counts = result.counts();
    StringBuilder text = new StringBuilder();
    line(text, "samples", "%,d", counts.value("samples"));
    line(
        text,
        "= tokenized",
        "%,d  (%,d rows, %,d tokens)",
        counts.value("tokenized"),
        counts.value("rows"),
        counts.value("tokens"));
    line(text, "+ rejected", "%,d%s", counts.value("rejected"), rejects(counts));
    line(
        text,
        "speed",
        "%,.1f samples/s, %,.0f tokens/s, %s/s over %,.1f s on %d cores (%s)",
        counts.value("samples") / result.seconds(),
        counts.value("tokens") / result.seconds(),
        ProgressMeter.bytes(Math.round(counts.value("bytes") / result.seconds())),
        result.seconds(),
        result.cores(),
        result.device());
    line(
        text,
        "model alone",
        "%,.1f samples/s; decoding alone %,.1f samples/s; both on these cores %,.1f samples/s",
        alone(counts.value("infer_ns")),
        alone(counts.value("decode_ns")),
        alone(counts.value("infer_ns") + counts.value("decode_ns")));
    line(text, "reached", "%.0f %% of that", 100 * busyShare());
    if (counts.value("checked_ids") > 0) {
      line(
          text,
          "batching",
          "%,d of %,d ids that were made again alone differ (--deterministic avoids it)",
          counts.value("differing_ids"),
          counts.value("checked_ids"));
    }
    line(text, "output", "%s", output);
    if (result.rejectLimitExceeded()) {
      line(
          text,
          "STOPPED",
          "more than %s of the samples were rejected (--max-reject-rate)",
          maxRejectRate);
    }
    return text.toString().stripTrailing();
  }

  /** Samples per second if the cores did nothing but this. */
  private double alone(long nanos) {
    long samples = result.counts().value("samples");
    return nanos == 0 ? 0 : samples * 1e9 * result.cores() / nanos;
  }

  /** The share of the cores' time that went into decoding and the model. */
  private double busyShare() {
    Counts counts = result.counts();
    return (counts.value("infer_ns") + counts.value("decode_ns"))
        / (result.seconds() * 1e9 * result.cores());
  }

  private static String rejects(Counts counts) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Long> reject : counts.rejects().entrySet()) {
      text.append(text.isEmpty() ? "  (" : ", ")
          .append(reject.getKey())
          .append(' ')
          .append(reject.getValue());
    }
    return text.isEmpty() ? "" : text.append(')').toString();
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    text.append(
        String.format(Locale.ROOT, "%-12s %s%n", name, String.format(Locale.ROOT, format, values)));
  }
}
