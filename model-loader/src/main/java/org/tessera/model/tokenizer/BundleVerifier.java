package org.tessera.model.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleException;
import org.tessera.model.bundle.ModelFile;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.engine.Engines;
import org.tessera.model.engine.Finding;
import org.tessera.model.engine.ModelException;

/**
 * Checks a bundle as far as that can be done without data: the manifest, every file's digest, the
 * licence field, what the graphs reach, the signatures and their shapes, the quantizer's tensors.
 */
public final class BundleVerifier {
  private static final Pattern SPDX =
      Pattern.compile(
          "\\(?[A-Za-z0-9][A-Za-z0-9.+-]*\\)?( (AND|OR|WITH) \\(?[A-Za-z0-9][A-Za-z0-9.+-]*\\)?)*");

  private BundleVerifier() {}

  /**
   * Verifies a bundle at a place.
   *
   * @param location a directory or zip file
   * @return what was found, worst first; empty when all is well
   */
  public static List<Finding> verify(Path location) {
    Bundle bundle;
    try {
      bundle = Bundle.open(location);
    } catch (BundleException e) {
      return e.problems().stream()
          .map(problem -> Finding.error(location.toString(), problem))
          .toList();
    }
    try (bundle) {
      return verify(bundle);
    }
  }

  /** Verifies a bundle whose manifest and digests were checked when it was opened. */
  public static List<Finding> verify(Bundle bundle) {
    List<Finding> findings = new ArrayList<>();
    for (ModelSpec model : bundle.manifest().models()) {
      for (ModelFile file : model.allFiles()) {
        List<Finding> found =
            Engines.of(file.engine())
                .scan(
                    bundle.file(file.path()),
                    TokenizerAssembly.encoders(bundle.manifest(), file),
                    bundle.manifest().randomness());
        for (Finding finding : found) {
          findings.add(
              new Finding(
                  finding.severity(), file.path() + " " + finding.place(), finding.message()));
        }
      }
    }
    if (findings.stream().noneMatch(Finding::isError)) {
      load(bundle, findings);
    }
    checkOrigin(bundle.manifest(), findings);
    findings.sort(java.util.Comparator.comparing(Finding::severity));
    return List.copyOf(findings);
  }

  private static void load(Bundle bundle, List<Finding> findings) {
    try (Tokenizer tokenizer = Tokenizers.load(bundle, TokenizerOptions.threads(1).trusting())) {
      if (tokenizer instanceof LoadedTokenizer loaded) {
        loaded.checkShapes();
      }
      tokenizer.warmUp();
    } catch (ModelException e) {
      findings.add(Finding.error(bundle.manifest().name(), e.getMessage()));
    }
  }

  private static void checkOrigin(TokenizerManifest manifest, List<Finding> findings) {
    if (manifest.licence().isEmpty()) {
      findings.add(
          Finding.warning(
              "licence", "missing (write the SPDX id of the model's licence, e.g. Apache-2.0)"));
    } else if (!SPDX.matcher(manifest.licence()).matches()) {
      findings.add(
          Finding.warning(
              "licence",
              manifest.licence()
                  + " is no SPDX expression (e.g. Apache-2.0, or LicenseRef-Name for another)"));
    }
    if (manifest.source().isEmpty()) {
      findings.add(Finding.warning("source", "missing (say where the model comes from)"));
    }
  }
}
