package org.tessera.pipeline.stats;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The metrics that follow from how often each code occurs. Let c_k be the count of code k, N their
 * sum, p_k = c_k / N, K the number of codes and U the number of codes with c_k > 0. All are defined
 * in {@code pipeline/STATS.md}; a metric that has no value, such as the entropy of no tokens, is
 * left out.
 */
public final class UsageMetrics {
  /** What VAR's code demands of a used code: this share of the uniform count N / K. */
  static final double VAR_MARGIN = 0.08;

  /** The size of the training batch for which EnCodec's rule is stated. */
  static final int ENCODEC_BATCH = 1 << 16;

  /** EnCodec's rule: fewer expected hits a batch than this and a code is dead. */
  static final int ENCODEC_HITS = 2;

  private static final double LN2 = Math.log(2);
  private static final int[] TOP = {1, 10, 100};
  private static final int[] RARE = {2, 10, 100};

  private UsageMetrics() {}

  /** The metrics by name, in the order in which people read them. */
  public static Map<String, Double> of(CodebookCounts counts) {
    Map<String, Double> metrics = basic(counts);
    long[] ranked = counts.ranked();
    long total = counts.total();
    if (total == 0) {
      return metrics;
    }
    double huffman = Huffman.bits(ranked) / total;
    metrics.put("huffman_bits_per_token", huffman);
    if (counts.codes() > 1) {
      int width = 32 - Integer.numberOfLeadingZeros(counts.codes() - 1);
      metrics.put("huffman_saving", 1 - huffman / width);
    }
    metrics.putAll(LawFits.of(ranked));
    return metrics;
  }

  /** The metrics but the codes and the laws that are fitted to the counts. */
  public static Map<String, Double> basic(CodebookCounts counts) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    long[] ranked = counts.ranked();
    long total = counts.total();
    int codes = counts.codes();
    metrics.put("tokens", (double) total);
    if (counts.dropped() > 0) {
      metrics.put("dropped", (double) counts.dropped());
    }
    metrics.put("codes", (double) codes);
    metrics.put("codes_used", (double) ranked.length);
    metrics.put("codes_dead", (double) (codes - ranked.length));
    for (int least : RARE) {
      metrics.put("codes_below_" + least, (double) (codes - atLeast(ranked, least)));
    }
    metrics.put("utilisation", (double) ranked.length / codes);
    if (total == 0) {
      return metrics;
    }
    metrics.put("utilisation_ceiling", -Math.expm1(total * Math.log1p(-1.0 / codes)));
    metrics.put("utilisation_var", share(ranked, codes, VAR_MARGIN * total / codes));
    metrics.put(
        "utilisation_encodec", share(ranked, codes, (double) ENCODEC_HITS * total / ENCODEC_BATCH));
    entropies(ranked, total, codes, metrics);
    metrics.put("min_frequency", (double) ranked[ranked.length - 1] / total);
    metrics.put("max_frequency", (double) ranked[0] / total);
    metrics.put("gini", gini(ranked, total, codes));
    for (int top : TOP) {
      if (top <= codes) {
        metrics.put("top_" + top + "_mass", mass(ranked, total, top));
      }
    }
    return metrics;
  }

  /** The share of codes that occur at least so often. */
  private static double share(long[] ranked, int codes, double atLeast) {
    return (double) atLeast(ranked, atLeast) / codes;
  }

  /** The number of codes that occur at least so often. */
  private static int atLeast(long[] ranked, double times) {
    int enough = 0;
    while (enough < ranked.length && ranked[enough] >= times) {
      enough++;
    }
    return enough;
  }

  private static void entropies(long[] ranked, long total, int codes, Map<String, Double> metrics) {
    double nats = 0;
    double natsPerplexity = 0;
    double bitsOneD = 0;
    for (long count : ranked) {
      double p = (double) count / total;
      nats -= p * Math.log(p);
      natsPerplexity -= p * Math.log(p + 1e-7);
      bitsOneD -= p * Math.log(p + 1e-8) / LN2;
    }
    // A single code gives -0.0 or a rounding error.
    double bits = ranked.length == 1 ? 0 : nats / LN2;
    metrics.put("entropy", bits);
    metrics.put("entropy_miller_madow", bits + (ranked.length - 1) / (2.0 * total * LN2));
    metrics.put("entropy_one_d_piece", bitsOneD);
    metrics.put("entropy_maximum", Math.log(codes) / LN2);
    if (codes > 1) {
      metrics.put("entropy_normalised", bits * LN2 / Math.log(codes));
    }
    metrics.put("perplexity", Math.pow(2, bits));
    metrics.put("perplexity_mmm", Math.exp(natsPerplexity));
    metrics.put("information_bits", total * bits);
  }

  /**
   * The Gini coefficient over all K codes, unused ones too: 0 when all are equally frequent, (K -
   * 1) / K when one code has everything.
   */
  private static double gini(long[] ranked, long total, int codes) {
    // G = (K + 1 - 2 Σ_i (K + 1 - i) x_i / Σ x) / K over ascending x, i from 1.
    double weighted = 0;
    for (int rank = 0; rank < ranked.length; rank++) {
      weighted += (rank + 1.0) * ranked[rank];
    }
    return (codes + 1 - 2 * weighted / total) / codes;
  }

  private static double mass(long[] ranked, long total, int top) {
    long mass = 0;
    for (int rank = 0; rank < Math.min(top, ranked.length); rank++) {
      mass += ranked[rank];
    }
    return (double) mass / total;
  }
}
