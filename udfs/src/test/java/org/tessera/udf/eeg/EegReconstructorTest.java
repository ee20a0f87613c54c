package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.tessera.udf.eeg.EegRuns.recording;
import static org.tessera.udf.eeg.EegRuns.run;
import static org.tessera.udf.eeg.EegRuns.step;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.testing.Table;

class EegReconstructorTest {
  private final EegReconstructor reconstructor = new EegReconstructor();

  /** An even and an odd length, at rates above and below twice the last band. */
  @Test
  void metricsEqualScipys() throws IOException {
    JsonNode cases =
        new ObjectMapper().readTree(Table.bytes(getClass(), "metrics.json")).path("cases");
    assertThat(cases).hasSize(2);
    for (JsonNode example : cases) {
      int channels = example.path("a").size();
      int samples = example.path("a").get(0).size();
      SortedMap<String, Double> metrics =
          reconstructor.compare(
              new FloatFeatures(values(example.path("a")), channels, samples),
              values(example.path("b")),
              new int[] {channels, samples},
              geometry("signal", example.path("rate").asDouble()));
      assertThat(metrics)
          .containsOnlyKeys(
              "mse",
              "vrmse",
              "pearson",
              "band_power_error_db",
              "spectral_amplitude_error",
              "spectral_phase_error");
      metrics.forEach(
          (name, value) ->
              assertThat(value)
                  .as(name)
                  .isCloseTo(example.path(name).asDouble(), within(1e-9 * Math.max(1, value))));
    }
  }

  /** Magnitudes of 2 channels, 3 frames and 4 bins, compared as they are. */
  @Test
  void magnitudeSpectraAreComparedButNotWritten() {
    float[] spectra = new float[2 * 3 * 4];
    float[] doubled = new float[spectra.length];
    double variance = 0;
    for (int i = 0; i < spectra.length; i++) {
      spectra[i] = i % 12;
      doubled[i] = 2 * spectra[i];
      variance += (spectra[i] - 5.5) * (spectra[i] - 5.5) / spectra.length;
    }
    SortedMap<String, Object> geometry = geometry("stft", 100);

    SortedMap<String, Double> metrics =
        reconstructor.compare(
            new FloatFeatures(spectra, 2, 3, 4), doubled, new int[] {2, 3, 4}, geometry);

    // The mean of squares of 0 to 11.
    double mse = 506.0 / 12;
    assertThat(metrics).containsOnlyKeys("mse", "vrmse", "pearson");
    assertThat(metrics.get("mse")).isCloseTo(mse, within(1e-9));
    assertThat(metrics.get("vrmse")).isCloseTo(Math.sqrt(mse / variance), within(1e-9));
    assertThat(metrics.get("pearson")).isCloseTo(1, within(1e-12));
    assertThat(reconstructor.writes(geometry)).isFalse();
    assertThatThrownBy(() -> reconstructor.file(spectra, new int[] {2, 3, 4}, geometry))
        .hasMessage(
            "Cannot write a recording from magnitude spectra: they have no phase (compare them"
                + " instead)");
  }

  @Test
  void filesUndoPatchesAndNormalization() throws Exception {
    byte[] content = recording(200, 2, 2000, "C3", "C4");
    for (String transform : List.of("mdct", "dct")) {
      List<Segment> segments =
          run(
              content,
              step("scale", "unit", "uV"),
              step("windows", "seconds", 5),
              step("quantile_scale"),
              step("zscore"),
              step("patches", "transform", transform, "hop", 40));
      List<double[]> back = new ArrayList<>();
      for (Segment segment : segments) {
        float[] values = segment.signal().toFloats();
        int[] shape = segment.signal().shape();
        assertThat(shape).containsExactly(transform.equals("dct") ? 50 : 52, 40);
        var metrics = reconstructor.compare(segment.signal(), values, shape, segment.geometry());
        assertThat(metrics)
            .containsEntry("mse", 0.0)
            .containsEntry("vrmse", 0.0)
            .containsEntry("band_power_error_db", 0.0)
            .hasEntrySatisfying("pearson", p -> assertThat(p).isCloseTo(1, within(1e-12)));
        byte[] file = reconstructor.file(values, shape, segment.geometry());
        float[] decoded = run(file).get(0).signal().toFloats();
        float[] original =
            run(content, step("windows", "seconds", 5)).get(segment.index()).signal().toFloats();
        double[] errors = new double[decoded.length];
        for (int i = 0; i < errors.length; i++) {
          errors[i] = decoded[i] - original[i];
        }
        back.add(errors);
      }
      // 16 bits over a range of some 40 microvolts: half a step is below 1 nV.
      assertThat(back).allMatch(e -> Arrays.stream(e).allMatch(v -> Math.abs(v) < 1.5e-9));
    }
  }

  private static SortedMap<String, Object> geometry(String layout, double rate) {
    return new TreeMap<>(Map.of("channels", List.of("C3", "C4"), "layout", layout, "rate", rate));
  }

  private static float[] values(JsonNode rows) {
    List<Float> all = new ArrayList<>();
    rows.forEach(row -> row.forEach(value -> all.add((float) value.asDouble())));
    float[] values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }
}
