package org.tessera.udf.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tessera.udf.points.PointsFrontEndTest.run;
import static org.tessera.udf.points.PointsFrontEndTest.step;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.testing.SharedData;

/** Every file of the corpus, good and bad, becomes patches or a rejection; none is lost. */
@Tag("corpus")
class CorpusFrontEndTest {
  private static final Step[] STEPS = {
    step("drop_not_finite"),
    step("sample_surface", "points", 2048),
    step("center"),
    step("scale_unit_sphere"),
    step("random_sample", "points", 1024, "few", "repeat"),
    step("patches", "groups", 64, "neighbours", 32)
  };

  @Test
  void everyFileBecomesPatchesOrARejection() throws Exception {
    assertThat(outcomes("corpus/pointclouds"))
        .isEqualTo(
            Map.of(
                "patches", 70,
                // Draco and BPF.
                "UNSUPPORTED_FORMAT", 2,
                // 3MF is a zip archive.
                "UNKNOWN_FORMAT", 1,
                // no-points.las.
                "TOO_SHORT", 1));
    assertThat(outcomes("corpus/bad/pointclouds"))
        .isEqualTo(
            Map.of(
                "patches",
                10,
                "TRUNCATED",
                12,
                "MALFORMED",
                10,
                "TOO_SHORT",
                6,
                "UNKNOWN_FORMAT",
                2));
  }

  private static Map<String, Integer> outcomes(String folder) throws Exception {
    Map<String, Integer> outcomes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SharedData.path(folder))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        outcomes.merge(outcome(file), 1, Integer::sum);
      }
    }
    return outcomes;
  }

  private static String outcome(Path file) throws Exception {
    try {
      Segment segment = run(file.getFileName().toString(), Files.readAllBytes(file), STEPS);
      assertThat(segment.signal().shape()).containsExactly(64, 96);
      for (float value : segment.signal().toFloats()) {
        assertThat(value).isBetween(-2f, 2f);
      }
      return "patches";
    } catch (SampleException e) {
      return e.code().name();
    }
  }
}
