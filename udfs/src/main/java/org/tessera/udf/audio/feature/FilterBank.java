package org.tessera.udf.audio.feature;

import java.util.Arrays;

/** Triangular filters over a spectrum, each kept as its run of non-zero weights. Immutable. */
final class FilterBank {
  private final int[] first;
  private final float[][] weights;

  private FilterBank(int filters) {
    this.first = new int[filters];
    this.weights = new float[filters][];
  }

  /** From a dense matrix [filters][frequencies]. */
  static FilterBank of(float[][] dense) {
    FilterBank bank = new FilterBank(dense.length);
    for (int i = 0; i < dense.length; i++) {
      int low = 0;
      int high = dense[i].length;
      while (low < high && dense[i][low] == 0) {
        low++;
      }
      while (high > low && dense[i][high - 1] == 0) {
        high--;
      }
      bank.first[i] = low;
      bank.weights[i] = Arrays.copyOfRange(dense[i], low, high);
    }
    return bank;
  }

  int filters() {
    return first.length;
  }

  /** The weighted sum of a spectrum. */
  double apply(int filter, double[] spectrum) {
    float[] taps = weights[filter];
    int at = first[filter];
    double sum = 0;
    for (int k = 0; k < taps.length; k++) {
      sum += taps[k] * spectrum[at + k];
    }
    return sum;
  }
}
