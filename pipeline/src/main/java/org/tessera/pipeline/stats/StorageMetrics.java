package org.tessera.pipeline.stats;

import java.util.LinkedHashMap;
import java.util.Map;

/** What ids take on disk, beside what they would have to. */
public final class StorageMetrics {
  private StorageMetrics() {}

  /**
   * Bytes.
   *
   * @param ids what the id columns take on disk, with levels, dictionaries and headers
   * @param source what was read to make them; 0 when it is not known
   */
  public record Bytes(long ids, long source) {}

  /** The metrics by name. */
  public static Map<String, Double> of(Bytes bytes, TokenCounts counts) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    double tokens = 0;
    double entropy = 0;
    double most = 0;
    for (int slot = 0; slot < counts.slots(); slot++) {
      CodebookCounts codes = counts.slot(slot);
      tokens += codes.total() + codes.dropped();
      entropy += codes.total() * Frequencies.of(codes).entropy();
      most += codes.total() * Math.log(codes.codes()) / Math.log(2);
    }
    if (tokens == 0) {
      return metrics;
    }
    metrics.put("disk_bytes", (double) bytes.ids());
    metrics.put("disk_bits_per_token", 8 * bytes.ids() / tokens);
    metrics.put("entropy_bits_per_token", entropy / tokens);
    metrics.put("code_bits_per_token", most / tokens);
    if (most > 0) {
      metrics.put("disk_over_code_bits", 8 * bytes.ids() / most);
    }
    if (bytes.source() > 0) {
      metrics.put("source_bytes", (double) bytes.source());
      metrics.put("compression", 8 * bytes.source() / Math.max(1, most));
    }
    return metrics;
  }
}
