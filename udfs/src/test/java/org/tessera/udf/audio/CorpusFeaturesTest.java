package org.tessera.udf.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.testing.SharedData;

/** Resampled signals and features of real files against torchaudio's; see the recipe. */
@Tag("corpus")
class CorpusFeaturesTest {
  @Test
  void realFilesGiveTorchaudiosValues() throws Exception {
    Map<String, Double> gaps = new TreeMap<>();
    for (String row : rows()) {
      String[] columns = row.split("\t");
      float[] values = values(columns[0], columns[1]);
      assertThat(values.length).as(columns[0] + " " + columns[1]).isEqualTo(number(columns[2]));
      for (int i = 3; i < columns.length; i++) {
        String[] pair = columns[i].split(":");
        double gap = Math.abs(values[number(pair[0])] - Double.parseDouble(pair[1]));
        gaps.merge(columns[1].split(":")[0], gap, Math::max);
      }
    }
    System.out.println("Largest differences from torchaudio: " + gaps);
    assertThat(gaps.get("resample")).isLessThan(1e-6);
    assertThat(gaps.get("resample_function")).isLessThan(1e-5);
    assertThat(gaps.get("fbank")).isLessThan(1e-4);
    assertThat(gaps.get("fbank_double")).isLessThan(1e-4);
    assertThat(gaps.get("mel")).isLessThan(1e-4);
    assertThat(gaps.get("mel_double")).isLessThan(1e-4);
  }

  private static int number(String text) {
    return Integer.parseInt(text);
  }

  private static List<String> rows() throws Exception {
    try (InputStream in = CorpusFeaturesTest.class.getResourceAsStream("corpus_features.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private static float[] values(String path, String kind) throws Exception {
    List<Step> steps = new ArrayList<>();
    steps.add(step("mono"));
    if (kind.startsWith("resample")) {
      steps.add(step("resample", "rate", number(kind.split(":")[1])));
    } else if (kind.startsWith("fbank")) {
      if (!kind.endsWith("_double")) {
        steps.add(step("resample", "rate", 16_000));
      }
      steps.add(step("scale", "factor", 32_768));
      steps.add(step("kaldi_fbank", "bins", 128));
    } else {
      if (!kind.endsWith("_double")) {
        steps.add(step("resample", "rate", 24_000));
      }
      steps.add(
          step(
              "log_mel", "fft", 1920, "hop", 480, "bins", 128, "high_hz", 12_000, "pad", 720,
              "power", 1, "epsilon", 1e-9, "floor", 1e-5));
    }
    byte[] content = Files.readAllBytes(SharedData.path("corpus/" + path));
    try (Segments segments =
        AudioFrontEnd.of(steps, Limits.DEFAULT).open(SampleInput.of(path, content))) {
      return segments.next().signal().toFloats();
    }
  }

  private static Step step(String name, Object... parameters) {
    TreeMap<String, Object> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put((String) parameters[i], parameters[i + 1]);
    }
    return new Step(name, map);
  }
}
