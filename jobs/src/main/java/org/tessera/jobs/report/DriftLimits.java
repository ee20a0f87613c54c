package org.tessera.jobs.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tessera.pipeline.stats.Divergence;

/**
 * What still counts as no drift. Each bound is on what exceeds the value that two samples of one
 * source of the same sizes would have.
 *
 * @param totalVariation 0 to 1
 * @param jensenShannon bits
 * @param cramersV 0 to 1, of the chi-square
 * @param psi population stability index
 */
public record DriftLimits(
    double totalVariation, double jensenShannon, double cramersV, double psi) {
  /**
   * The bounds of the command line: a population stability index of ¼ is the custom of its users.
   */
  public static final DriftLimits DEFAULT = new DriftLimits(0.1, 0.05, 0.1, 0.25);

  /** The names of the measures that exceed their bounds; empty without drift. */
  public List<String> exceeded(Divergence d) {
    Map<String, Boolean> over = new LinkedHashMap<>();
    over.put("total_variation", d.totalVariation() - d.totalVariationNoise() > totalVariation);
    over.put("jensen_shannon", d.jensenShannon() - d.jensenShannonNoise() > jensenShannon);
    over.put("cramers_v", d.cramersV() - d.cramersVNoise() > cramersV);
    over.put("psi", d.psi() - d.psiNoise() > psi);
    return over.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }
}
