package org.tessera.pipeline.spark;

import java.io.IOException;
import org.tessera.model.bundle.Bundle;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;

/** Refuses to mix tokens that do not belong together in one output. */
final class OutputGuard {
  private final Ledger ledger;

  OutputGuard(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Checks an output before anything is written to it.
   *
   * @throws IllegalStateException when it holds tokens of another tokenizer
   */
  void check(Bundle bundle, boolean append) throws IOException {
    for (RunManifest run : ledger.runs()) {
      boolean sameName =
          run.tokenizer().equals(bundle.manifest().name())
              && run.modality() == bundle.manifest().modality();
      if (sameName) {
        checkSameBundle(run, bundle);
      } else if (!append) {
        throw new IllegalStateException(
            "Cannot add tokens of "
                + bundle.manifest().name()
                + ": the output holds tokens of "
                + run.tokenizer()
                + " (give another --output, or --append to keep both in one dataset)");
      }
    }
  }

  /** A run goes on with the bundle that it began with. */
  static void checkSameBundle(RunManifest run, Bundle bundle) {
    if (!run.fingerprint().equals(bundle.fingerprint())) {
      throw new IllegalStateException(
          "Cannot add tokens of "
              + bundle.manifest().name()
              + " with fingerprint "
              + bundle.fingerprint().substring(0, 12)
              + ": "
              + run.runId()
              + " in this output was made by "
              + run.tokenizer()
              + " with fingerprint "
              + run.fingerprint().substring(0, Math.min(12, run.fingerprint().length()))
              + " (give another --output, or the same bundle)");
    }
  }
}
