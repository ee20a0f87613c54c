package org.tessera.pipeline.stats;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.special.Gamma;

/** Laws fitted to how often the used codes occur; see {@code pipeline/STATS.md}. */
final class LawFits {
  private static final int FEWEST = 3;
  private static final double STEEPEST = 50;

  private LawFits() {}

  /** The fits by name; none for fewer than three used codes. */
  static Map<String, Double> of(long[] ranked) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (ranked.length < FEWEST) {
      return metrics;
    }
    double[] logRank = new double[ranked.length];
    double[] logCount = new double[ranked.length];
    for (int i = 0; i < ranked.length; i++) {
      logRank[i] = Math.log(i + 1.0);
      logCount[i] = Math.log(ranked[i]);
    }
    LineFit line = LineFit.of(logRank, logCount);
    metrics.put("zipf_exponent", -line.slope());
    metrics.put("zipf_r2", line.r2());
    metrics.put("zipf_intercept", line.intercept());
    metrics.put("zipf_mle_exponent", zipfLikeliest(ranked, logRank));
    double yule = yuleSimonLikeliest(ranked);
    if (Double.isFinite(yule)) {
      metrics.put("yule_simon_rho", yule);
    }
    return metrics;
  }

  /**
   * The likeliest s of p_r = r^-s / Σ r^-s over the ranks of used codes: there the mean of ln r is
   * the observed one.
   */
  private static double zipfLikeliest(long[] ranked, double[] logRank) {
    double total = 0;
    double observed = 0;
    for (int i = 0; i < ranked.length; i++) {
      total += ranked[i];
      observed += ranked[i] * logRank[i];
    }
    observed /= total;
    double low = 0;
    double high = STEEPEST;
    double s = 1;
    for (int i = 0; i < 200 && high - low > 1e-13 * Math.max(1, high); i++) {
      double weights = 0;
      double mean = 0;
      double square = 0;
      for (double log : logRank) {
        double weight = Math.exp(-s * log);
        weights += weight;
        mean += weight * log;
        square += weight * log * log;
      }
      mean /= weights;
      double variance = square / weights - mean * mean;
      if (mean > observed) {
        low = s;
      } else {
        high = s;
      }
      double newton = s + (mean - observed) / variance;
      double next = newton > low && newton < high ? newton : (low + high) / 2;
      if (Math.abs(next - s) < 1e-14 * Math.max(1, s)) {
        return next;
      }
      s = next;
    }
    return s;
  }

  /**
   * The likeliest ρ of the Yule-Simon distribution P(c) = ρ B(c, ρ + 1) of the counts; infinite
   * when every used code occurs once.
   */
  private static double yuleSimonLikeliest(long[] ranked) {
    if (ranked[0] == 1) {
      return Double.POSITIVE_INFINITY;
    }
    Map<Long, Integer> codes = new TreeMap<>();
    for (long count : ranked) {
      codes.merge(count, 1, Integer::sum);
    }
    double low = 1e-9;
    double high = 1e9;
    while (high / low > 1 + 1e-13) {
      double rho = Math.sqrt(low * high);
      double slope = ranked.length * (1 / rho + Gamma.digamma(rho + 1));
      for (Map.Entry<Long, Integer> entry : codes.entrySet()) {
        slope -= entry.getValue() * Gamma.digamma(entry.getKey() + rho + 1);
      }
      if (slope > 0) {
        low = rho;
      } else {
        high = rho;
      }
    }
    return Math.sqrt(low * high);
  }
}
