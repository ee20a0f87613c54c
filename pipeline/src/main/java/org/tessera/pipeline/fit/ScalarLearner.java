package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tessera.pipeline.fit.LearnedQuantizer.Family;

/**
 * Learns the families that need no clustering: what they want are means, deviations and extents,
 * each one pass that adds up. Not thread-safe.
 */
final class ScalarLearner {
  /** How many deviations the normal bins reach to either side, as TokenBridge has it. */
  private static final double NORMAL_REACH = 3;

  /**
   * The deviation at which tanh spreads a logistic variable evenly over (-1, 1), π / (2·√3): FSQ's
   * levels are then used about equally often.
   */
  private static final double EVEN_TANH = Math.PI / (2 * Math.sqrt(3));

  private final LearnedQuantizer quantizer;
  private final long seed;
  private final VectorBlocks vectors;
  private double[] gains;

  /** A learner on transformed vectors, which stay open. */
  ScalarLearner(LearnedQuantizer quantizer, long seed, VectorBlocks vectors) {
    this.quantizer = quantizer;
    this.seed = seed;
    this.vectors = vectors;
  }

  /**
   * By what each dimension is to be multiplied so that the family's fixed levels fit it.
   *
   * @param vectors centred vectors
   */
  static double[] scales(Family family, VectorBlocks vectors) {
    double[] variances = Moments.variances(vectors, Extent.of(vectors));
    double wanted = family == Family.FSQ ? EVEN_TANH : 1;
    return Arrays.stream(variances)
        .map(variance -> variance > 0 ? wanted / Math.sqrt(variance) : 1)
        .toArray();
  }

  /** Learns and measures. */
  LearnedTokenizer.Inner learn(Consumer<PassReport> passes) {
    SortedMap<String, Object> parameters = new TreeMap<>();
    int dimensions = vectors.dimensions();
    String family =
        switch (quantizer.family()) {
          case FSQ -> {
            if (quantizer.codes().size() != dimensions) {
              throw new FitException(
                  FitException.Kind.DATA,
                  "Cannot use "
                      + quantizer.codes().size()
                      + " numbers of levels for vectors of "
                      + dimensions
                      + " dimensions (give learn.transform.dimensions)");
            }
            parameters.put("levels", quantizer.codes());
            yield "fsq";
          }
          case LFQ -> {
            parameters.putAll(Map.of("bits", dimensions, "bit_order", "little"));
            yield "lfq";
          }
          case QUANTILES -> {
            parameters.putAll(Map.of("dimensions", dimensions, "levels", quantizer.codes().get(0)));
            parameters.putAll(Map.of("scale", 1, "range", NORMAL_REACH, "std", NORMAL_REACH));
            yield "normal_bins";
          }
          case MINMAX -> {
            parameters.putAll(Map.of("dimensions", dimensions, "levels", quantizer.codes().get(0)));
            bounds(parameters);
            yield "uniform_bins";
          }
          case RANDOM_PROJECTION -> {
            parameters.putAll(Map.of("dimensions", dimensions, "codes", quantizer.codes().get(0)));
            parameters.putAll(
                Map.of(
                    "projected",
                    quantizer.projected(),
                    "seed",
                    (int) (Hashing.mix(seed, "projection") >>> 33)));
            // Directions are compared: both sides have unit length.
            parameters.putAll(Map.of("metric", "cosine", "normalise", "both"));
            yield "random_projection";
          }
          case VQ, RESIDUAL, PRODUCT ->
              throw new IllegalArgumentException(
                  "Cannot quantize each dimension by itself for " + quantizer.family().id());
        };
    measure(family, parameters, passes);
    return new LearnedTokenizer.Inner(family, parameters, new TreeMap<>());
  }

  private void bounds(SortedMap<String, Object> parameters) {
    Extent extent = Extent.of(vectors);
    float[] low = extent.least();
    float[] high = extent.most();
    double[] lows = new double[low.length];
    double[] highs = new double[low.length];
    for (int i = 0; i < low.length; i++) {
      lows[i] = low[i];
      // A dimension that never changes still needs a width.
      highs[i] = high[i] > low[i] ? high[i] : low[i] + Math.max(1, Math.ulp(low[i]));
    }
    parameters.put("low", Arrays.stream(lows).boxed().toList());
    parameters.put("high", Arrays.stream(highs).boxed().toList());
    parameters.put("steps", "intervals");
  }

  private void measure(
      String family, SortedMap<String, Object> parameters, Consumer<PassReport> passes) {
    QuantizerMeasure measure = QuantizerMeasure.of(vectors, family, parameters);
    gains = measure.gains();
    boolean fixed = quantizer.family() == Family.QUANTILES || quantizer.family() == Family.MINMAX;
    if (fixed) {
      // The bins' values are where they are: they need no gain.
      Arrays.fill(gains, 1);
    }
    for (int slot = 0; slot < measure.slots(); slot++) {
      long[] counts = measure.counts(slot);
      passes.accept(
          new PassReport(
              slot,
              0,
              measure.loss(slot),
              counts.length,
              Usage.used(counts),
              Usage.perplexity(counts),
              0));
    }
  }

  /**
   * By what each decoded dimension is to be multiplied so that it is closest to the vector's, in
   * the sense of least squares. Call {@link #learn} first.
   */
  double[] gains() {
    return gains.clone();
  }
}
