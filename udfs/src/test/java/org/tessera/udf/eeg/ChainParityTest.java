package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.testing.SharedData;

/** Whole front-ends against MNE, SciPy and numpy; see chains.py. */
class ChainParityTest {
  private static final Path FOLDER = Path.of("src/test/resources/eeg");

  private record Value(int window, int length, int position, double value) {}

  private static Map<String, List<Value>> golden() throws IOException {
    Map<String, List<Value>> cases = new HashMap<>();
    for (String line : Files.readAllLines(FOLDER.resolve("chains.tsv"))) {
      String[] f = line.split("\t", -1);
      cases
          .computeIfAbsent(f[0], key -> new ArrayList<>())
          .add(
              new Value(
                  Integer.parseInt(f[1]),
                  Integer.parseInt(f[2]),
                  Integer.parseInt(f[3]),
                  Double.parseDouble(f[4])));
    }
    return cases;
  }

  /** Floats have 24 bits: 1e-6 of the largest value leaves room for little more than that. */
  private static void check(String name, Path file, List<Step> steps) throws Exception {
    List<Segment> segments = EegRuns.segments(file, steps);
    List<Value> expected = golden().get(name);
    double largest = expected.stream().mapToDouble(v -> Math.abs(v.value())).max().orElse(0);
    for (Value value : expected) {
      if (value.length() == 0) {
        assertThat(segments).as(name + " windows").hasSize(value.window());
        continue;
      }
      float[] actual = segments.get(value.window()).signal().toFloats();
      assertThat(actual).as(name).hasSize(value.length());
      assertThat(Math.abs(actual[value.position()] - value.value()) / largest)
          .as(name + " " + value)
          .isLessThan(1e-6);
    }
  }

  @Test
  void slowerChannelsAreResampledToTheFastest() throws Exception {
    check(
        "uneven",
        FOLDER.resolve("uneven.edf"),
        List.of(EegRuns.step("channels", "kinds", List.of("eeg", "temperature"))));
  }

  @Test
  @Tag("corpus")
  void tfmTokenizer() throws Exception {
    check(
        "tfm",
        SharedData.path("corpus/eeg/pyedflib/test_utf8.edf"),
        List.of(
            EegRuns.step("filter", "low_hz", 0.1, "high_hz", 60),
            EegRuns.step("notch", "hz", 50),
            EegRuns.step("resample", "rate_hz", 200),
            EegRuns.step("scale", "unit", "uV"),
            EegRuns.step("windows", "seconds", 10, "per_channel", true),
            EegRuns.step("quantile_scale"),
            EegRuns.step("stft")));
  }

  @Test
  @Tag("corpus")
  void bandsOfTuev() throws Exception {
    check(
        "tuev",
        SharedData.path("corpus/eeg/mne-python/test.edf"),
        List.of(
            EegRuns.step(
                "channels", "select", List.of("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8")),
            EegRuns.step("filter", "low_hz", 0.1, "high_hz", 75),
            EegRuns.step("notch", "hz", 50),
            EegRuns.step("resample", "rate_hz", 200),
            EegRuns.step("scale", "unit", "uV"),
            EegRuns.step("windows", "seconds", 2, "stride_s", 1),
            EegRuns.step("quantile_scale")));
  }

  @Test
  @Tag("corpus")
  void brainOmni() throws Exception {
    check(
        "brainomni",
        SharedData.path("corpus/eeg/mne-python/test.vhdr"),
        List.of(
            EegRuns.step("notch", "hz", List.of(50, 60)),
            EegRuns.step("resample", "rate_hz", 256),
            EegRuns.step("filter", "low_hz", 0.1, "high_hz", 96),
            EegRuns.step("windows", "seconds", 2),
            EegRuns.step("group_scale")));
  }

  @Test
  @Tag("corpus")
  void eegNet() throws Exception {
    check(
        "eegnet",
        SharedData.path("corpus/eeg/mne-python/test.vhdr"),
        List.of(
            EegRuns.step("filter", "low_hz", 2),
            EegRuns.step("resample", "rate_hz", 150),
            EegRuns.step("scale", "factor", 1000),
            EegRuns.step("windows", "samples", 151, "stride_samples", 150)));
  }

  @Test
  @Tag("corpus")
  void referencesAndPairs() throws Exception {
    check(
        "pairs",
        SharedData.path("corpus/eeg/mne-python/test.vhdr"),
        List.of(
            EegRuns.step("channels"),
            EegRuns.step("reference", "to", "average"),
            EegRuns.step("filter", "low_hz", 1, "high_hz", 40, "method", "butterworth"),
            EegRuns.step("montage", "pairs", List.of("Fp1-F3", "F3-C3", "C4-P4")),
            EegRuns.step("windows", "seconds", 1, "stride_s", 0.5)));
  }

  @Test
  @Tag("corpus")
  void badChannelsMadeFromTheOthers() throws Exception {
    check(
        "interpolated",
        SharedData.path("corpus/eeg/mne-python/test.vhdr"),
        List.of(
            EegRuns.step(
                "channels",
                "select",
                List.of("FP1", "FP2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2", "Cz", "Pz")),
            EegRuns.step("bad_channels", "names", List.of("C3", "Pz"), "action", "interpolate"),
            EegRuns.step("windows", "seconds", 1)));
  }

  @Test
  @Tag("corpus")
  void spectralDistances() throws Exception {
    List<Value> expected = golden().get("distances");
    Path file = SharedData.path("corpus/eeg/mne-python/test.edf");
    Segment whole =
        EegRuns.segments(file, List.of(EegRuns.step("channels", "kinds", "eeg"))).get(0);
    int length = whole.signal().shape()[1];
    float[] flat = whole.signal().toFloats();
    double[][] rows = new double[138][length];
    for (int i = 0; i < 138 * length; i++) {
      rows[i / length][i % length] = flat[i];
    }
    SpectrumDistance spectra = new SpectrumDistance(138, length);
    spectra.add(rows, length);
    double[] distances = spectra.meanDistances(512);
    for (Value value : expected) {
      if (value.length() > 0) {
        assertThat(distances[value.position()] / value.value()).isBetween(1 - 1e-5, 1 + 1e-5);
      }
    }
  }
}
