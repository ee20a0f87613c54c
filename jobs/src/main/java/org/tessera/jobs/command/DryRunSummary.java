package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.tessera.jobs.progress.ProgressMeter;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.spark.DryRun;

/** What a tokenize run would do, for people and for machines. */
final class DryRunSummary {
  private static final int MAX_REMOVED = 20;

  private final DryRun dryRun;
  private final String output;

  DryRunSummary(DryRun dryRun, String output) {
    this.dryRun = dryRun;
    this.output = output;
  }

  ObjectNode toNode() {
    RunManifest run = dryRun.run();
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "tokenize");
    node.put("dry_run", true);
    node.put("output", output);
    node.put("run", run.runId());
    node.put("resumed", dryRun.resumed());
    node.put("inputs", run.inputs());
    node.put("bytes", run.bytes());
    node.put("waves", run.waves());
    node.put("waves_left", dryRun.wavesLeft());
    node.put("companions", run.companions());
    node.put("skipped", run.skipped());
    node.put("unchanged", run.unchanged());
    node.put("replaces", run.replaces());
    dryRun.removed().forEach(node.putArray("would_remove")::add);
    return node;
  }

  String text() {
    RunManifest run = dryRun.run();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Would %s %s: %,d inputs, %s, %,d of %,d waves left%n"
                + "%,d unchanged, %,d replace earlier rows, %,d companions, %,d skipped%n",
            dryRun.resumed() ? "go on with" : "begin",
            run.runId(),
            run.inputs(),
            ProgressMeter.bytes(run.bytes()),
            dryRun.wavesLeft(),
            run.waves(),
            run.unchanged(),
            run.replaces(),
            run.companions(),
            run.skipped()));
    if (dryRun.removed().isEmpty()) {
      text.append("Would remove nothing");
    } else {
      text.append("Would remove, below ").append(output).append(':');
      dryRun.removed().stream()
          .limit(MAX_REMOVED)
          .forEach(path -> text.append("\n  ").append(path));
      if (dryRun.removed().size() > MAX_REMOVED) {
        text.append("\n  and ").append(dryRun.removed().size() - MAX_REMOVED).append(" more");
      }
    }
    return text.toString();
  }
}
