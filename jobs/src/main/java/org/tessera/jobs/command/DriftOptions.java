package org.tessera.jobs.command;

import org.tessera.jobs.report.DriftLimits;
import picocli.CommandLine.Option;

/** The bounds beyond which the use of a codebook has drifted. */
final class DriftOptions {
  @Option(
      names = "--max-total-variation",
      paramLabel = "X",
      defaultValue = "0.1",
      description = "Largest total variation, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double totalVariation;

  @Option(
      names = "--max-jensen-shannon",
      paramLabel = "BITS",
      defaultValue = "0.05",
      description = "Largest Jensen-Shannon divergence, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double jensenShannon;

  @Option(
      names = "--max-cramers-v",
      paramLabel = "X",
      defaultValue = "0.1",
      description = "Largest Cramer's V of the chi-square, 0 to 1 (default: ${DEFAULT-VALUE}).")
  private double cramersV;

  @Option(
      names = "--max-psi",
      paramLabel = "X",
      defaultValue = "0.25",
      description = "Largest population stability index (default: ${DEFAULT-VALUE}).")
  private double psi;

  DriftLimits limits() {
    return new DriftLimits(totalVariation, jensenShannon, cramersV, psi);
  }
}
