package org.tessera.jobs.report;

import java.util.List;

/**
 * What a report shows.
 *
 * @param tokens the output of tokenize
 * @param stats where its {@code codebook_stats} is
 * @param reconstructed outputs of reconstruct; may be empty
 * @param baseline the output of stats to compare with; empty for none
 * @param limits what counts as drift
 * @param title the heading
 */
public record ReportRequest(
    String tokens,
    String stats,
    List<String> reconstructed,
    String baseline,
    DriftLimits limits,
    String title) {
  public ReportRequest {
    reconstructed = List.copyOf(reconstructed);
  }
}
