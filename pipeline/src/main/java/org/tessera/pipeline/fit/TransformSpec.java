package org.tessera.pipeline.fit;

import java.util.Locale;

/**
 * What is done to a vector before it is quantized; the way back is its inverse (on the kept
 * dimensions). Immutable and thread-safe.
 *
 * @param kind the transform
 * @param dimensions how many dimensions are kept, largest variance first; 0 keeps all
 */
public record TransformSpec(Kind kind, int dimensions) {
  /** The transforms. */
  public enum Kind {
    /** The vector as it is. */
    NONE,
    /** Minus the mean, rotated on the principal axes: variances stay what they are. */
    PCA,
    /** PCA, then every kept dimension is divided by its standard deviation. */
    WHITEN,
    /**
     * PCA followed by the rotation that lowers the error of a product quantizer (Ge, He, Ke, Sun:
     * Optimized Product Quantization, CVPR 2013, the non-parametric solution).
     */
    OPQ;

    /** The name in specifications, e.g. {@code pca}. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
