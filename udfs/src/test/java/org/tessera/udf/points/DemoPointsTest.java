package org.tessera.udf.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tessera.udf.points.PointsFrontEndTest.run;
import static org.tessera.udf.points.PointsFrontEndTest.step;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

class DemoPointsTest {
  private static final Step[] STEPS = {
    step("sample_surface", "points", 2048),
    step("center"),
    step("scale_unit_sphere"),
    step("random_sample", "points", 1024),
    step("patches", "groups", 64, "neighbours", 32)
  };

  private final PointsReconstructor reconstructor = new PointsReconstructor();

  @Test
  void everyFormatGoesThroughTheFrontEndAndBack(@TempDir Path dir) throws Exception {
    DemoPoints.write(dir, 36, 7);

    Set<String> formats = new TreeSet<>();
    for (Path file : files(dir)) {
      if (file.endsWith("cut.ply")) {
        continue;
      }
      byte[] bytes = Files.readAllBytes(file);
      Segment segment = run(file.getFileName().toString(), bytes, STEPS);
      formats.add((String) segment.geometry().get("format"));
      assertThat(segment.signal().shape()).containsExactly(64, 96);

      // The way back: patches as PLY lie on the original, within its size's rounding.
      byte[] ply =
          reconstructor.file(
              segment.signal().toFloats(), segment.signal().shape(), segment.geometry());
      Segment again = run("back.ply", ply);
      double scale = (double) segment.geometry().get("scale");
      SortedMap<String, Double> same =
          reconstructor.compare(
              segment.signal(),
              segment.signal().toFloats(),
              segment.signal().shape(),
              segment.geometry());
      assertThat(same)
          .containsEntry("chamfer_l1_x1000", 0.0)
          .containsEntry("chamfer_l2_x1000", 0.0)
          .containsEntry("f_score", 1.0);
      assertThat(again.signal().shape()).containsExactly(2048, 3);
      assertThat(scale).isPositive();
    }
    assertThat(formats).containsExactly("las", "obj", "pcd", "ply", "stl", "xyz");
  }

  @Test
  void oneFileIsCutShort(@TempDir Path dir) throws Exception {
    DemoPoints.write(dir, 0, 7);

    byte[] cut = Files.readAllBytes(dir.resolve("cut.ply"));

    assertThatThrownBy(() -> run("cut.ply", cut, STEPS))
        .isInstanceOfSatisfying(
            SampleException.class, e -> assertThat(e.code()).isEqualTo(RejectCode.TRUNCATED));
  }

  @Test
  void equalSeedsGiveEqualBytes(@TempDir Path one, @TempDir Path two) throws Exception {
    DemoPoints.write(one, 8, 3);
    DemoPoints.write(two, 8, 3);

    for (Path file : files(one)) {
      assertThat(Files.readAllBytes(two.resolve(file.getFileName())))
          .isEqualTo(Files.readAllBytes(file));
    }
  }

  private static List<Path> files(Path dir) throws Exception {
    try (Stream<Path> files = Files.list(dir)) {
      return new ArrayList<>(files.sorted().toList());
    }
  }
}
