package org.tessera.jobs.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.SortedMap;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;

/** What each run planned and did, from the ledger. */
final class RunSection {
  private final Ledger ledger;

  RunSection(Ledger ledger) {
    this.ledger = ledger;
  }

  /** One object a run, and the sums of all. */
  void write(ObjectNode report) throws IOException {
    Counts all = new Counts();
    long inputs = 0;
    double seconds = 0;
    ArrayNode runs = report.putArray("runs");
    for (RunManifest run : ledger.runs()) {
      SortedMap<Integer, WaveRecord> waves = ledger.waves(run.runId());
      Counts counts = new Counts();
      double spent = 0;
      long read = 0;
      String device = "";
      for (WaveRecord wave : waves.values()) {
        counts.add(wave.counts());
        spent += wave.seconds();
        read += wave.inputs();
        device = wave.device();
      }
      ObjectNode node = runs.addObject();
      node.put("run", run.runId());
      node.put("modality", run.modality().id());
      node.put("tokenizer", run.tokenizer());
      node.put("fingerprint", run.fingerprint());
      run.sources().forEach(node.putArray("sources")::add);
      node.put("inputs", run.inputs());
      node.put("inputs_read", read);
      node.put("companions", run.companions());
      node.put("skipped", run.skipped());
      node.put("unchanged", run.unchanged());
      node.put("waves", run.waves());
      node.put("waves_done", waves.size());
      node.put("created_at", run.createdAt());
      node.put("seconds", spent);
      node.put("device", device);
      node.set("counts", counts.toNode());
      all.add(counts);
      inputs += run.inputs();
      seconds += spent;
    }
    ObjectNode totals = report.putObject("totals");
    totals.put("inputs", inputs);
    totals.put("seconds", seconds);
    totals.set("counts", all.toNode());
  }
}
