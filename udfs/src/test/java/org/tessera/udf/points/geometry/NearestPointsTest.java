package org.tessera.udf.points.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.udf.points.read.Deadline;

class NearestPointsTest {
  /** Clouds of 500 and 300 points are searched plainly, and those of which all are wanted. */
  @ParameterizedTest
  @CsvSource({
    "normal, 1000, 64, 32",
    "grid, 1000, 40, 32",
    "equal, 300, 10, 20",
    "line, 500, 20, 7",
    "clusters, 900, 30, 900",
    "normal, 40000, 300, 32",
    "grid, 40000, 250, 16",
    "clusters, 40000, 250, 5",
    "equal, 40000, 201, 9"
  })
  void equalsSortingAllByDistanceAndIndex(String kind, int size, int places, int k)
      throws Exception {
    FloatPoints points = NaiveGeometry.cloud(kind, size, size);
    FloatPoints from = NaiveGeometry.cloud(kind, places, size + 1L);

    int[] found = NearestPoints.of(points, from, k, Deadline.NONE);

    for (int place = 0; place < places; place += Math.max(1, places / 12)) {
      assertThat(Arrays.copyOfRange(found, place * k, (place + 1) * k))
          .isEqualTo(NaiveGeometry.nearest(points, from, place, k));
    }
  }

  @Test
  void treeAndPlainSearchAgree() throws Exception {
    FloatPoints points = NaiveGeometry.cloud("grid", 3000, 5);
    FloatPoints many = NaiveGeometry.cloud("normal", 100, 6);
    FloatPoints few =
        new FloatPoints(
            Arrays.copyOf(many.x(), 6), Arrays.copyOf(many.y(), 6), Arrays.copyOf(many.z(), 6));

    int[] throughTree = NearestPoints.of(points, many, 8, Deadline.NONE);
    int[] plain = NearestPoints.of(points, few, 8, Deadline.NONE);

    assertThat(Arrays.copyOf(throughTree, plain.length)).isEqualTo(plain);
  }

  @Test
  void refusesMoreNeighboursThanPoints() {
    FloatPoints points = NaiveGeometry.cloud("normal", 3, 1);

    assertThatThrownBy(() -> NearestPoints.of(points, points, 4, Deadline.NONE))
        .hasMessage("Cannot find 4 neighbours among 3 points (ask for fewer)");
  }
}
