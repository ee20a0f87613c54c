package org.tessera.udf.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SignalMetricsTest {
  private static final int LENGTH = 4096;

  @Test
  void sdrIsTheRatioOfEnergies() {
    float[][] original = {tone(1, 0)};
    float[][] louder = {tone(1.1, 0)};
    assertThat(SignalMetrics.sdr(original, louder)).isCloseTo(20, within(1e-4));
    assertThat(SignalMetrics.sdr(original, original)).isEqualTo(120);
    assertThat(SignalMetrics.sdr(new float[1][8], new float[1][8])).isNaN();
  }

  @Test
  void siSnrIgnoresTheScaleAndCountsWhatIsOrthogonal() {
    float[][] original = {tone(1, 0)};
    assertThat(SignalMetrics.siSnr(original, new float[][] {tone(0.3, 0)})).isGreaterThan(110);
    // A tone a quarter of a period away is orthogonal to the original.
    float[] mixed = tone(1, 0);
    float[] other = tone(0.1, 0.25);
    for (int i = 0; i < LENGTH; i++) {
      mixed[i] += other[i];
    }
    assertThat(SignalMetrics.siSnr(original, new float[][] {mixed})).isCloseTo(20, within(1e-3));
    assertThat(SignalMetrics.siSnr(new float[1][8], new float[1][8])).isNaN();
  }

  @Test
  void logSpectralDistanceOfAScaledSignalIsTheScaleInDecibels() {
    float[] noise = new float[LENGTH];
    java.util.Random random = new java.util.Random(1);
    float[] half = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      noise[i] = random.nextFloat() - 0.5f;
      half[i] = noise[i] / 2;
    }
    double distance =
        SignalMetrics.logSpectralDistance(new float[][] {noise}, new float[][] {half});
    assertThat(distance).isCloseTo(20 * Math.log10(2), within(1e-3));
  }

  private static float[] tone(double amplitude, double phase) {
    float[] values = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      values[i] = (float) (amplitude * Math.sin(2 * Math.PI * (i / 64.0 + phase)));
    }
    return values;
  }
}
