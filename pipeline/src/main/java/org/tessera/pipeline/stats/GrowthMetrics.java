package org.tessera.pipeline.stats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Heaps' law V = A n^B fitted to a growth curve. */
public final class GrowthMetrics {
  private GrowthMetrics() {}

  /**
   * The fit of ln V over ln n by least squares over all points of the curve where V is not yet all
   * that is ever found, and the first that has it.
   */
  public static Map<String, Double> of(List<Growth.Point> curve) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    int points = 0;
    while (points < curve.size()
        && (points == 0
            || curve.get(points - 1).distinct() < curve.get(curve.size() - 1).distinct())) {
      points++;
    }
    int first = 0;
    while (first < points && curve.get(first).distinct() == 0) {
      first++;
    }
    if (points - first < 3) {
      return metrics;
    }
    double[] x = new double[points - first];
    double[] y = new double[points - first];
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.log(curve.get(first + i).tokens());
      y[i] = Math.log(curve.get(first + i).distinct());
    }
    LineFit line = LineFit.of(x, y);
    metrics.put("heaps_exponent", line.slope());
    metrics.put("heaps_coefficient", Math.exp(line.intercept()));
    metrics.put("heaps_r2", line.r2());
    metrics.put("heaps_saturated_at", (double) curve.get(points - 1).tokens());
    return metrics;
  }
}
