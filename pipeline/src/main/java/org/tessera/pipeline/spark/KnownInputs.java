package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.plan.DigestSet;
import org.tessera.pipeline.plan.InputDigest;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.storage.Storage;

/** The inputs in committed waves of one tokenizer's runs. Immutable. */
final class KnownInputs {
  private final DigestSet states = new DigestSet();
  private final DigestSet uris = new DigestSet();

  private KnownInputs() {}

  /** Reads the plans of all runs of a tokenizer. */
  static KnownInputs of(
      String fingerprint, Storage storage, Ledger ledger, Configuration configuration)
      throws IOException {
    KnownInputs known = new KnownInputs();
    for (RunManifest run : ledger.runs()) {
      if (run.fingerprint().equals(fingerprint)) {
        SortedMap<Integer, WaveRecord> waves = ledger.waves(run.runId());
        PlanTable.readAll(
            storage.path(OutputLayout.plan(run.runId())),
            configuration,
            (input, wave) -> {
              if (wave == PlanTable.UNCHANGED || waves.containsKey(wave)) {
                known.states.add(InputDigest.ofState(input));
                known.uris.add(InputDigest.ofUri(input.object().uri()));
              }
            });
      }
    }
    return known;
  }

  /** Whether this very state of an input is done. */
  boolean done(PlannedInput input) {
    return states.contains(InputDigest.ofState(input));
  }

  /** Whether some state of an object is done. */
  boolean seen(String uri) {
    return uris.contains(InputDigest.ofUri(uri));
  }
}
