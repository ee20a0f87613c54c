package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.udf.spark.TokenizerIdentity;

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
  void check(TokenizerManifest manifest, String identity, boolean append) throws IOException {
    for (RunManifest run : ledger.runs()) {
      boolean sameName =
          run.tokenizer().equals(manifest.name()) && run.modality() == manifest.modality();
      if (sameName) {
        checkSameBundle(run, manifest, identity);
      } else if (!append) {
        throw new IllegalStateException(
            "Cannot add tokens of "
                + manifest.name()
                + ": the output holds tokens of "
                + run.tokenizer()
                + " (give another --output, or --append to keep both in one dataset)");
      }
    }
  }

  /**
   * Checks that nothing would be written among the inputs.
   *
   * @throws IllegalArgumentException when an input is the output itself
   */
  static void checkApart(List<String> inputs, String output, Configuration configuration)
      throws IOException {
    for (String input : inputs) {
      Path path = InputLister.path(input);
      if (path.getFileSystem(configuration).makeQualified(path).toString().equals(output)) {
        throw new IllegalArgumentException(
            "Cannot write to "
                + output
                + ": it is an input (give another --output; a folder in"
                + " the input is left out of it)");
      }
    }
  }

  /** A run goes on with the bundle that it began with. */
  static void checkSameBundle(RunManifest run, TokenizerManifest manifest, String identity) {
    if (!run.fingerprint().equals(identity)) {
      throw new IllegalStateException(
          "Cannot add tokens of "
              + manifest.name()
              + " with fingerprint "
              + shorten(identity)
              + ": "
              + run.runId()
              + " in this output was made by "
              + run.tokenizer()
              + " with fingerprint "
              + shorten(run.fingerprint())
              + " (give another --output, or the same bundle)");
    }
  }

  private static String shorten(String identity) {
    String fingerprint = TokenizerIdentity.fingerprint(identity);
    return fingerprint.substring(0, Math.min(12, fingerprint.length()))
        + identity.substring(fingerprint.length());
  }
}
