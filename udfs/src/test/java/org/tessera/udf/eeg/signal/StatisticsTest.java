package org.tessera.udf.eeg.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatisticsTest {
  @Test
  void quantilesAreThoseOfTheSortedValues() {
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      int length = 1 + random.nextInt(300);
      int different = 1 + random.nextInt(round % 2 == 0 ? 5 : 1000);
      double[] values = new double[length];
      for (int i = 0; i < length; i++) {
        values[i] = random.nextInt(different) - different / 2.0;
      }
      double[] sorted = values.clone();
      Arrays.sort(sorted);
      for (double q : new double[] {0, 0.25, 0.5, 0.95, 1}) {
        double position = q * (length - 1);
        int below = (int) position;
        double above = sorted[Math.min(below + 1, length - 1)];
        double expected = sorted[below] + (above - sorted[below]) * (position - below);
        assertThat(Statistics.quantileInPlace(values.clone(), q))
            .isCloseTo(expected, org.assertj.core.api.Assertions.within(1e-9));
      }
    }
  }

  @Test
  void valuesInOrderAreNoBadCase() {
    double[] up = new double[200_000];
    double[] pipe = new double[200_000];
    for (int i = 0; i < up.length; i++) {
      up[i] = i;
      pipe[i] = Math.min(i, up.length - i);
    }
    assertThat(Statistics.quantileInPlace(up, 0.5)).isEqualTo(99_999.5);
    assertThat(Statistics.quantileInPlace(pipe, 1)).isEqualTo(100_000);
  }
}
