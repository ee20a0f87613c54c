package org.tessera.udf.audio.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.udf.audio.Golden;

class ResampledSignalTest {
  @ParameterizedTest
  @CsvSource({
    "44100,16000", "48000,24000", "16000,24000", "8000,16000",
    "44100,22050", "44100,24000", "22050,16000", "8000,44100"
  })
  void equalsTorchaudio(int from, int to) throws Exception {
    float[] expected = Golden.floats("signal/" + from + "_" + to + ".f32");
    ResampleFilter filter = ResampleFilter.hann(from, to, 6, 0.99);

    float[] actual = resample(Golden.floats("signal/input.f32"), from, to, filter, 4096);

    assertThat(Golden.gap(actual, expected)).isLessThan(5e-7);
  }

  @Test
  void equalsTorchaudioWithAKaiserWindow() throws Exception {
    float[] expected = Golden.floats("signal/48000_44100_kaiser.f32");
    ResampleFilter filter =
        ResampleFilter.kaiser(48000, 44100, 64, 0.9475937167399596, ResampleFilter.KAISER_BETA);

    float[] actual = resample(Golden.floats("signal/input.f32"), 48000, 44100, filter, 4096);

    // Torchaudio's Bessel function of this window is computed in floats.
    assertThat(Golden.gap(actual, expected)).isLessThan(2e-6);
  }

  @Test
  void pieceSizesDoNotChangeABit() throws Exception {
    float[] input = noise(200_000, 3);
    ResampleFilter filter = ResampleFilter.hann(44100, 16000, 6, 0.99);
    float[] whole = resample(input, 44100, 16000, filter, 1 << 20);
    for (int piece : new int[] {1, 7, 441, 1000, 65_536}) {
      assertThat(Arrays.equals(resample(input, 44100, 16000, filter, piece), whole)).isTrue();
    }
  }

  @Test
  void blocksJoinWithoutASeam() throws Exception {
    float[] input = noise(150_000, 4);
    ResampleFilter filter = ResampleFilter.hann(48000, 16000, 6, 0.99);
    float[] actual = resample(input, 48000, 16000, filter, 4096);
    for (int m = 0; m < actual.length; m++) {
      double sum = 0;
      for (int k = 0; k < filter.taps(0).length; k++) {
        int at = m * 3 - filter.width() + filter.first(0) + k;
        sum += at < 0 || at >= input.length ? 0 : (double) filter.taps(0)[k] * input[at];
      }
      assertThat((double) actual[m]).isCloseTo(sum, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,44100,16000,1", "441,44100,16000,160", "442,44100,16000,161", "9,8000,48000,54"})
  void givesTheCeilingOfTheExactLength(int samples, int from, int to, int expected)
      throws Exception {
    ResampleFilter filter = ResampleFilter.hann(from, to, 6, 0.99);
    assertThat(filter.outputLength(samples)).isEqualTo(expected);
    assertThat(resample(new float[samples], from, to, filter, 100)).hasSize(expected);
  }

  @Test
  void ratesWithoutACommonDivisorWork() throws Exception {
    float[] input = new float[44_101];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) Math.sin(2 * Math.PI * 440 * i / 44_101);
    }
    ResampleFilter filter = ResampleFilter.hann(44_101, 16_000, 6, 0.99);
    float[] actual = resample(input, 44_101, 16_000, filter, 4096);
    assertThat(actual).hasSize(16_000);
    for (int i = 100; i < actual.length - 100; i++) {
      assertThat(actual[i])
          .isCloseTo((float) Math.sin(2 * Math.PI * 440 * i / 16_000), within(3e-3f));
    }
  }

  private static float[] noise(int length, long seed) {
    Random random = new Random(seed);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  private static float[] resample(float[] input, int from, int to, ResampleFilter filter, int piece)
      throws Exception {
    try (Signal signal = new ResampledSignal(new ArraySignal(from, piece, input), filter, to)) {
      return ArraySignal.drain(signal, piece)[0];
    }
  }
}
