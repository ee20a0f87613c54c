package org.tessera.udf.image.resample;

/**
 * Resampling filters by Pillow's names and formulas (its {@code Resample.c}). Shrinking widens a
 * filter by the scale, so no step aliases.
 */
public enum Filter {
  /** Average over the covered area; support 0.5. */
  BOX(0.5) {
    @Override
    double weight(double x) {
      return x > -0.5 && x <= 0.5 ? 1 : 0;
    }
  },
  /** Triangle; support 1. */
  BILINEAR(1) {
    @Override
    double weight(double x) {
      double distance = Math.abs(x);
      return distance < 1 ? 1 - distance : 0;
    }
  },
  /** Hamming-windowed sinc; support 1. */
  HAMMING(1) {
    @Override
    double weight(double x) {
      double distance = Math.abs(x);
      if (distance == 0) {
        return 1;
      }
      if (distance >= 1) {
        return 0;
      }
      double angle = distance * Math.PI;
      return Math.sin(angle) / angle * (0.54f + 0.46f * Math.cos(angle));
    }
  },
  /** Cubic convolution with a = -0.5; support 2. */
  BICUBIC(2) {
    @Override
    double weight(double x) {
      double distance = Math.abs(x);
      if (distance < 1) {
        return ((CUBIC_A + 2) * distance - (CUBIC_A + 3)) * distance * distance + 1;
      }
      if (distance < 2) {
        return (((distance - 5) * distance + 8) * distance - 4) * CUBIC_A;
      }
      return 0;
    }
  },
  /** Sinc windowed by a wider sinc; support 3. */
  LANCZOS(3) {
    @Override
    double weight(double x) {
      return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
  };

  private static final double CUBIC_A = -0.5;

  private final double support;

  Filter(double support) {
    this.support = support;
  }

  /** How far the filter reaches, in pixels of the coarser image. */
  double support() {
    return support;
  }

  /** The weight at a distance from the centre, not normalized. */
  abstract double weight(double x);

  private static double sinc(double x) {
    if (x == 0) {
      return 1;
    }
    double angle = x * Math.PI;
    return Math.sin(angle) / angle;
  }
}
