package org.tessera.udf.points.geometry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tessera.udf.points.read.Deadline;

/** Equal to fpsample, SciPy, Open3D and a Python twin; geometry_recipe.py made the expectations. */
class GeometryGoldenTest {
  private static JsonNode golden;
  private static FloatPoints points;
  private static FloatPoints other;

  @BeforeAll
  static void read() throws Exception {
    golden =
        new ObjectMapper().readTree(GeometryGoldenTest.class.getResource("/points/geometry.json"));
    double[] xyz = floats("points_base64_f4");
    points = FloatPoints.of(xyz, xyz.length / 3);
    double[] second = floats("other_base64_f4");
    other = FloatPoints.of(second, second.length / 3);
  }

  private static double[] doubles(String name) {
    double[] values = new double[golden.get(name).size()];
    Arrays.setAll(values, i -> golden.get(name).get(i).doubleValue());
    return values;
  }

  private static double[] floats(String name) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(golden.get(name).textValue()))
            .order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[bytes.remaining() / 4];
    Arrays.setAll(values, i -> bytes.getFloat(4 * i));
    return values;
  }

  private static int[] ints(JsonNode node) {
    int[] values = new int[node.size()];
    Arrays.setAll(values, i -> node.get(i).intValue());
    return values;
  }

  @Test
  void farthestPointsAreThoseOfFpsample() throws Exception {
    assertThat(FarthestPoints.select(points, 300, FarthestPoints.Candidates.ALL, Deadline.NONE))
        .isEqualTo(ints(golden.get("farthest")));
  }

  @Test
  void neighboursAreThoseOfScipy() throws Exception {
    int[] found = NearestPoints.of(points, other, 8, Deadline.NONE);

    for (int i = 0; i < 20; i++) {
      assertThat(Arrays.copyOfRange(found, 8 * i, 8 * i + 8))
          .isEqualTo(ints(golden.get("nearest").get(i)));
    }
  }

  @Test
  void chamferDistanceIsThatOfScipy() {
    Chamfer chamfer = Chamfer.between(points, other, 0.03);

    assertThat(chamfer.l1()).isEqualTo(golden.get("chamfer_l1").doubleValue(), within(1e-6));
    assertThat(chamfer.l2()).isEqualTo(golden.get("chamfer_l2").doubleValue(), within(1e-6));
    assertThat(chamfer.fScore()).isEqualTo(golden.get("f_score").doubleValue(), within(1e-9));
  }

  @Test
  void drawsAndSurfacesAreThoseOfThePythonTwin() {
    assertThat(new SplitMix64(0xFEDCBA9876543210L).draw(1200, 60))
        .isEqualTo(ints(golden.get("draw")));

    double[] vertices = doubles("vertices");
    int[] faces = ints(golden.get("faces"));
    SurfaceSampler places = SurfaceSampler.draw(vertices, faces, 40, new SplitMix64(42));
    for (int i = 0; i < 40; i++) {
      for (int axis = 0; axis < 3; axis++) {
        int t = 3 * places.triangles()[i];
        double value =
            places.mix(
                i,
                vertices[3 * faces[t] + axis],
                vertices[3 * faces[t + 1] + axis],
                vertices[3 * faces[t + 2] + axis]);
        assertThat(value).isEqualTo(golden.get("surface").get(i).get(axis).doubleValue());
      }
    }
  }

  @Test
  void surfaceIsDrawnByArea() {
    // Two triangles, one three times as large as the other, and one without any area.
    double[] vertices = {0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 3, 0};
    int[] faces = {0, 1, 2, 1, 1, 2, 0, 1, 3};

    SurfaceSampler places = SurfaceSampler.draw(vertices, faces, 40_000, new SplitMix64(1));

    int[] counts = new int[3];
    for (int triangle : places.triangles()) {
      counts[triangle]++;
    }
    assertThat(counts[1]).isZero();
    // The standard deviation is 87.
    assertThat(counts[0]).isCloseTo(10_000, within(400));
    assertThat(SurfaceSampler.draw(vertices, new int[] {1, 1, 2}, 5, new SplitMix64(1)).count())
        .isZero();
  }

  @Test
  void voxelMeansAreThoseOfOpen3d() {
    double[] xyz = wide();
    VoxelGrid grid = VoxelGrid.of(xyz, points.size(), 2.0);
    double[][] means = new double[grid.count()][4];
    for (int i = 0; i < points.size(); i++) {
      double[] mean = means[grid.cell(i)];
      for (int axis = 0; axis < 3; axis++) {
        mean[axis] += xyz[3 * i + axis];
      }
      mean[3]++;
    }
    List<double[]> rows = new ArrayList<>();
    for (double[] mean : means) {
      rows.add(new double[] {mean[0] / mean[3], mean[1] / mean[3], mean[2] / mean[3]});
    }
    rows.sort(Arrays::compare);

    assertThat(rows).hasSize(golden.get("voxels").size());
    for (int i = 0; i < rows.size(); i++) {
      for (int axis = 0; axis < 3; axis++) {
        assertThat(rows.get(i)[axis])
            .isEqualTo(golden.get("voxels").get(i).get(axis).doubleValue(), within(1e-9));
      }
    }
  }

  private static double[] wide() {
    double[] xyz = floats("points_base64_f4");
    double[] shift = {100, -50, 7};
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] = xyz[i] * 3 + shift[i % 3];
    }
    return xyz;
  }
}
