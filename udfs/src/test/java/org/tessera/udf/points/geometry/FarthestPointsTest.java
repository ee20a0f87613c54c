package org.tessera.udf.points.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.udf.points.read.Deadline;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

class FarthestPointsTest {
  @ParameterizedTest
  @CsvSource({
    "normal, 1, 1",
    "normal, 2, 2",
    "normal, 1000, 64",
    "normal, 1025, 65",
    "normal, 5000, 700",
    "normal, 20000, 300",
    "grid, 3000, 400",
    "grid, 700, 100",
    "line, 4000, 200",
    "clusters, 6000, 500",
    "equal, 3000, 80",
    "ball, 5000, 300",
    "normal, 50, 90"
  })
  void equalsThePlainLoop(String kind, int size, int count) throws Exception {
    FloatPoints points = NaiveGeometry.cloud(kind, size, 31L * size + count);
    for (FarthestPoints.Candidates candidates : FarthestPoints.Candidates.values()) {
      assertThat(FarthestPoints.select(points, count, candidates, Deadline.NONE))
          .isEqualTo(NaiveGeometry.farthest(points, count, candidates));
    }
  }

  @Test
  void beginsWithPointZeroAndTakesTheFarthest() throws Exception {
    FloatPoints points = FloatPoints.of(new double[] {0, 0, 0, 1, 0, 0, 4, 0, 0, 2, 0, 0}, 4);

    assertThat(FarthestPoints.select(points, 4, FarthestPoints.Candidates.ALL, Deadline.NONE))
        .containsExactly(0, 2, 3, 1);
  }

  @Test
  void passesOverPointsNearTheOriginOnDemand() throws Exception {
    // |p|² of the second is 1e-3 in double, and as floats just above or at it: it must be passed.
    FloatPoints points =
        FloatPoints.of(new double[] {0, 0, 0, 0.0316227, 0, 0, -0.02, 0, 0, 0.5, 0, 0}, 4);

    assertThat(
            FarthestPoints.select(
                points, 3, FarthestPoints.Candidates.AWAY_FROM_ORIGIN, Deadline.NONE))
        .containsExactly(0, 3, 3);
  }

  @Test
  void stopsWhenTheTimeIsOver() throws Exception {
    FloatPoints points = NaiveGeometry.cloud("normal", 20_000, 1);
    Deadline over = Deadline.in(-1);

    assertThatThrownBy(
            () -> FarthestPoints.select(points, 5000, FarthestPoints.Candidates.ALL, over))
        .isInstanceOfSatisfying(
            SampleException.class, e -> assertThat(e.code()).isEqualTo(RejectCode.TIMEOUT))
        .hasMessage(
            "Cannot finish the points within -1 ms (sample fewer points, or raise"
                + " limits.timeoutMillis)");
  }
}
