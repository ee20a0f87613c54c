package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.util.Locale;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import org.tessera.jobs.ExitCodes;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.storage.Storage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera status}: the state of an output's runs. Needs no Spark. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Shows the runs of an output: what is planned, committed and left.",
    footer = {"", "Example:", "  tessera status --output tokens"})
public final class StatusCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "The output of tokenize.")
  private String output;

  @Override
  public Integer call() throws Exception {
    Storage storage = new Storage(output, common.hadoop());
    if (!storage.exists(OutputLayout.STATE)) {
      throw new FileNotFoundException(
          "Cannot show the runs of "
              + output
              + ": it is no output of tokenize (check the path; give the --output of tokenize)");
    }
    Ledger ledger = new Ledger(storage);
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "status");
    node.put("output", output);
    ArrayNode runs = node.putArray("runs");
    StringBuilder text = new StringBuilder();
    for (RunManifest run : ledger.runs()) {
      SortedMap<Integer, WaveRecord> waves = ledger.waves(run.runId());
      Counts counts = new Counts();
      waves.values().forEach(wave -> counts.add(wave.counts()));
      boolean finished = waves.size() == run.waves();
      runs.addObject()
          .put("run", run.runId())
          .put("state", finished ? "finished" : "unfinished")
          .put("modality", run.modality().id())
          .put("tokenizer", run.tokenizer())
          .put("inputs", run.inputs())
          .put("waves", run.waves())
          .put("waves_committed", waves.size())
          .set("counts", counts.toNode());
      text.append(
          String.format(
              Locale.ROOT,
              "%s  %s  %s by %s: %d of %d waves, %,d of %,d inputs; %,d tokenized, %,d rejected,"
                  + " %,d tokens%n",
              run.runId(),
              finished ? "finished  " : "unfinished",
              run.modality().id(),
              run.tokenizer(),
              waves.size(),
              run.waves(),
              waves.values().stream().mapToLong(WaveRecord::inputs).sum(),
              run.inputs(),
              counts.value("tokenized"),
              counts.value("rejected"),
              counts.value("tokens")));
    }
    common.print(node, text.isEmpty() ? "No run in " + output : text.toString().stripTrailing());
    return ExitCodes.OK;
  }
}
