package org.tessera.pipeline.spark;

import java.util.SortedMap;

/** How far the features of two files are apart. */
final class FeatureMetrics {
  private FeatureMetrics() {}

  /** Adds {@code feature_rmse}, and {@code feature_cosine} unless one is all zeros. */
  static void put(float[] original, float[] decoded, SortedMap<String, Double> metrics) {
    if (original.length != decoded.length) {
      throw new IllegalStateException(
          String.format(
              "Cannot compare %d features with %d (the metric model must give equally many for"
                  + " every sample)",
              original.length, decoded.length));
    }
    double squares = 0;
    double dot = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < original.length; i++) {
      double difference = (double) original[i] - decoded[i];
      squares += difference * difference;
      dot += (double) original[i] * decoded[i];
      first += (double) original[i] * original[i];
      second += (double) decoded[i] * decoded[i];
    }
    metrics.put("feature_rmse", Math.sqrt(squares / original.length));
    if (first > 0 && second > 0) {
      metrics.put("feature_cosine", dot / Math.sqrt(first * second));
    }
  }
}
