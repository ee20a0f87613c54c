package org.tessera.udf.image.resample;

/** The fixed-point weights of one axis: for each target pixel, where it starts and its taps. */
final class Weights {
  /** Pillow's {@code PRECISION_BITS}: 32 bits less 8 of the pixel and 2 of headroom. */
  static final int FRACTION_BITS = 32 - 8 - 2;

  private final int[] first;
  private final int[] count;
  private final int[] taps;
  private final int stride;

  private Weights(int targets, int stride) {
    this.first = new int[targets];
    this.count = new int[targets];
    this.taps = new int[Math.multiplyExact(targets, stride)];
    this.stride = stride;
  }

  /**
   * Weights that turn {@code source} pixels into {@code target} pixels ({@code precompute_coeffs}
   * and {@code normalize_coeffs_8bpc} of Pillow's {@code Resample.c}).
   */
  static Weights of(int source, int target, Filter filter) {
    double scale = (double) (float) source / target;
    double filterScale = Math.max(scale, 1);
    double support = filter.support() * filterScale;
    double inverse = 1 / filterScale;
    Weights weights = new Weights(target, (int) Math.ceil(support) * 2 + 1);
    double[] exact = new double[weights.stride];
    for (int t = 0; t < target; t++) {
      double center = (t + 0.5) * scale;
      int from = Math.max(0, (int) (center - support + 0.5));
      int to = Math.min(source, (int) (center + support + 0.5));
      double sum = 0;
      for (int i = 0; i < to - from; i++) {
        exact[i] = filter.weight((i + from - center + 0.5) * inverse);
        sum += exact[i];
      }
      weights.set(t, from, to - from, exact, sum);
    }
    return weights;
  }

  private void set(int target, int from, int length, double[] exact, double sum) {
    first[target] = from;
    count[target] = length;
    for (int i = 0; i < length; i++) {
      double weight = sum == 0 ? exact[i] : exact[i] / sum;
      double scaled = weight * (1 << FRACTION_BITS);
      taps[target * stride + i] = (int) (weight < 0 ? -0.5 + scaled : 0.5 + scaled);
    }
  }

  int targets() {
    return first.length;
  }

  /** The first source pixel of a target pixel. */
  int first(int target) {
    return first[target];
  }

  /** How many source pixels a target pixel takes. */
  int count(int target) {
    return count[target];
  }

  /** All taps; those of target {@code t} begin at {@code t * stride()}. */
  int[] taps() {
    return taps;
  }

  int stride() {
    return stride;
  }
}
