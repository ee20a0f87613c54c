package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tessera.jobs.progress.ProgressMeter;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.spark.TokenizeResult;

/** What a tokenize run did, for people and for machines. */
final class TokenizeSummary {
  private static final int MAX_EXAMPLES = 8;

  private final TokenizeResult result;
  private final String output;

  TokenizeSummary(TokenizeResult result, String output) {
    this.result = result;
    this.output = output;
  }

  ObjectNode toNode() {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "tokenize");
    node.put("output", output);
    node.put("run", result.run().inputs() == 0 ? null : result.run().runId());
    node.put("waves_done", result.wavesDone());
    node.put("nothing_to_do", result.wavesDone() == 0);
    node.setAll(result.counts().toNode());
    node.put("seconds", result.seconds());
    node.put("device", result.device());
    node.put("tasks_at_once", result.cores());
    node.put("threads", result.threads());
    node.put("reject_limit_exceeded", result.rejectLimitExceeded());
    result.stopped().ifPresent(why -> node.put("stopped", why));
    if (result.wavesDone() > 0) {
      node.put("samples_per_second", result.counts().value("samples") / result.seconds());
      node.put("busy_share", busyShare());
    }
    return node;
  }

  String text() {
    if (result.wavesDone() == 0) {
      return (result.rejectLimitExceeded() ? stopped() : nothingToDo()).stripTrailing();
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
        "parallel",
        "%d tasks at once share %d threads that decode and run the model, one thread a call",
        result.cores(),
        result.threads());
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
    rejectExamples(text, counts);
    text.append(nothingTokenized()).append(stopped());
    return text.toString().stripTrailing();
  }

  private String nothingToDo() {
    RunManifest run = result.run();
    return run.inputs() + run.unchanged() == 0 && run.skipped() > 0
        ? String.format(
            Locale.ROOT,
            "Nothing to do: none of %,d files is wanted (--include and --exclude choose, and names"
                + " that begin with . or _ are skipped)",
            run.skipped())
        : "Nothing to do: every input is tokenized or rejected already in " + output;
  }

  /** One example of each of the most frequent kinds. */
  private static void rejectExamples(StringBuilder text, Counts counts) {
    List<String> kinds = counts.rejections();
    kinds.stream().limit(MAX_EXAMPLES).forEach(kind -> line(text, "e.g.", "%s", kind));
    if (kinds.size() > MAX_EXAMPLES) {
      line(text, "", "and %d kinds more (see the rejects table)", kinds.size() - MAX_EXAMPLES);
    }
  }

  /** Bad data never fail a run; that nothing else was there is likely a mistake of the call. */
  private String nothingTokenized() {
    Counts counts = result.counts();
    if (counts.value("tokenized") > 0 || counts.value("rejected") == 0) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    line(
        text,
        "WARNING",
        "nothing is tokenized: all %,d samples are rejected, most as %s (check that the inputs are of"
            + " modality %s, which %s reads; see e.g. above)",
        counts.value("samples"),
        counts.rejections().get(0).replaceFirst(":.*", ""),
        result.run().modality().id(),
        result.run().tokenizer());
    return text.toString();
  }

  private String stopped() {
    StringBuilder text = new StringBuilder();
    result
        .stopped()
        .ifPresent(
            why ->
                line(
                    text,
                    "STOPPED",
                    "%s (look at the rejects; raise --max-reject-rate if that is fine, or mend"
                        + " the inputs and add --retry-rejected)",
                    why));
    return text.toString();
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
