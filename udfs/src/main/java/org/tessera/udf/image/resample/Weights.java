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
   *
   * @param from the first target pixel that is wanted
   * @param wanted how many are wanted
   */
  static Weights of(int source, int target, Filter filter, int from, int wanted) {
    double scale = (double) (float) source / target;
    double filterScale = Math.max(scale, 1);
    double support = filter.support() * filterScale;
    double inverse = 1 / filterScale;
    Weights weights = new Weights(wanted, (int) Math.ceil(support) * 2 + 1);
    double[] exact = new double[weights.stride];
    for (int t = 0; t < wanted; t++) {
      double center = (from + t + 0.5) * scale;
      int low = Math.max(0, (int) (center - support + 0.5));
      int high = Math.min(source, (int) (center + support + 0.5));
      double sum = 0;
      for (int i = 0; i < high - low; i++) {
        exact[i] = filter.weight((i + low - center + 0.5) * inverse);
        sum += exact[i];
      }
      weights.set(t, low, high - low, exact, sum);
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

  /** The first source pixel that any target pixel takes. */
  int start() {
    return first[0];
  }

  /** The source pixel after the last that any target pixel takes. */
  int end() {
    int last = first.length - 1;
    return first[last] + count[last];
  }

  /** All taps; those of target {@code t} begin at {@code t * stride()}. */
  int[] taps() {
    return taps;
  }

  int stride() {
    return stride;
  }
}
