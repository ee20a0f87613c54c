package org.tessera.model.quantize;

/**
 * The switches that "VQ" hides; each changes ids or vectors.
 *
 * @param metric what is compared: {@code euclidean} (smallest distance), {@code cosine} (largest
 *     cosine: both sides are normalised for the comparison) or {@code dot} (largest dot product)
 * @param normalise which side is divided by its Euclidean norm before it is compared: {@code none},
 *     {@code both} or {@code input}
 * @param dequantise what an id stands for: the {@code stored} row of the codebook, or that row
 *     {@code normalised}
 */
record VectorRule(String metric, String normalise, String dequantise) {
  static final String EUCLIDEAN = "euclidean";
  static final String COSINE = "cosine";
  static final String DOT = "dot";

  static VectorRule read(SpecReader reader) {
    return new VectorRule(
        reader.choice("metric", EUCLIDEAN, COSINE, DOT),
        reader.choice("normalise", "none", "both", "input"),
        reader.choice("dequantise", "stored", "normalised"));
  }

  boolean normalisesInput() {
    return !normalise.equals("none") || metric.equals(COSINE);
  }

  boolean normalisesCodes() {
    return normalise.equals("both") || metric.equals(COSINE);
  }

  boolean dequantisesNormalised() {
    return dequantise.equals("normalised");
  }
}
