package org.tessera.udf.eeg.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Filters, resampling and frames against SciPy, MNE and numpy; see signals.py. */
class SignalParityTest {
  /** Relative to the largest value of the result; the promise is 1e-6. */
  private static final double TOLERANCE = 1e-10;

  private record Expected(int length, Map<Integer, Double> values) {}

  @TestFactory
  Stream<DynamicTest> everyCaseIsThatOfTheReference() throws IOException {
    Map<String, Expected> cases = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/eeg/signals.tsv"))) {
      String[] fields = line.split("\t", -1);
      cases
          .computeIfAbsent(
              fields[0], k -> new Expected(Integer.parseInt(fields[1]), new LinkedHashMap<>()))
          .values()
          .put(Integer.parseInt(fields[2]), Double.parseDouble(fields[3]));
    }
    return cases.entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> check(e.getKey(), e.getValue())));
  }

  private static void check(String name, Expected expected) {
    double[] actual = run(name.split("_", -1));
    assertThat(actual).hasSize(expected.length());
    double largest = expected.values().values().stream().mapToDouble(Math::abs).max().orElse(0);
    double worst = 0;
    for (Map.Entry<Integer, Double> value : expected.values().entrySet()) {
      worst = Math.max(worst, Math.abs(actual[value.getKey()] - value.getValue()));
    }
    assertThat(worst / largest).as(name).isLessThan(TOLERANCE);
  }

  private static double[] run(String[] words) {
    double[] x = Signals.walk(3000);
    return switch (words[0] + "_" + words[1]) {
      case "mne_fir" ->
          switch (words[2]) {
            case "0.1" ->
                words[3].equals("96")
                    ? fir(FirDesign.bandPass(0.1, 96, 256), Signals.walk(5000))
                    : fir(FirDesign.bandPass(0.1, 75, 200), x);
            case "short" -> fir(FirDesign.bandPass(0.1, 75, 200), Signals.walk(700));
            default -> fir(FirDesign.bandPass(number(words[2]), number(words[3]), 200), x);
          };
      case "mne_notch" ->
          words.length == 3
              ? fir(FirDesign.notch(new double[] {50}, 200), x)
              : fir(FirDesign.notch(new double[] {50, 60, 100}, 512), Signals.walk(5000));
      case "scipy_resample" ->
          Resampler.scipy(whole(words[2]), whole(words[3])).apply(Signals.walk(whole(words[2])));
      case "mne_resample" ->
          Resampler.mne(whole(words[2]), number(words[3]) / number(words[4]))
              .apply(Signals.walk(whole(words[2])));
      case "iirnotch_50" -> SosFilter.notch(50, 30, 200).apply(x);
      case "quantile_0.95" -> new double[] {quantile(x)};
      default -> other(words, x);
    };
  }

  private static double[] other(String[] words, double[] x) {
    return switch (words[0]) {
      case "butter" ->
          Butterworth.bandPass(whole(words[1]), number(words[2]), number(words[3]), 200).apply(x);
      case "stft" -> stft(Arrays.copyOf(x, 2000));
      case "deviation" -> new double[] {Statistics.deviation(x)};
      default -> throw new IllegalArgumentException("Cannot run " + words[0]);
    };
  }

  /** The filter over a whole signal, extended at its ends as MNE does. */
  private static double[] fir(double[] taps, double[] x) {
    FirFilter filter = new FirFilter(taps);
    double[] result = new double[x.length];
    double[] block = new double[filter.blockFrames()];
    for (int start = 0; start < x.length; start += block.length) {
      double[] input = new double[block.length + 2 * filter.reach()];
      for (int i = 0; i < input.length; i++) {
        input[i] = Signals.oddExtension(x, start - filter.reach() + i, taps.length);
      }
      filter.block(input, block);
      System.arraycopy(block, 0, result, start, Math.min(block.length, x.length - start));
    }
    return result;
  }

  private static double[] stft(double[] x) {
    Stft stft = new Stft(200, 100);
    double[][] magnitudes = stft.magnitudes(x);
    double[] flat = new double[(magnitudes.length - 1) * magnitudes[0].length];
    for (int k = 0; k < magnitudes.length - 1; k++) {
      System.arraycopy(magnitudes[k], 0, flat, k * magnitudes[0].length, magnitudes[0].length);
    }
    return flat;
  }

  private static double quantile(double[] x) {
    return Statistics.quantileInPlace(Arrays.stream(x).map(Math::abs).toArray(), 0.95);
  }

  private static double number(String text) {
    return text.isEmpty() ? 0 : Double.parseDouble(text);
  }

  private static int whole(String text) {
    return Integer.parseInt(text);
  }
}
