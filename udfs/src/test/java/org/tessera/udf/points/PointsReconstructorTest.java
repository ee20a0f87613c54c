package org.tessera.udf.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.tessera.udf.points.PointsFrontEndTest.run;
import static org.tessera.udf.points.PointsFrontEndTest.step;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.Segment;

class PointsReconstructorTest {
  private static final byte[] COLORED =
      ("x,y,z,red,green,blue,intensity\n1000000.25,2,3,255,51,0,7\n1000004.25,5,-1,0,0,102,8\n"
              + "1000002.25,1,1,1,2,3,9\n")
          .getBytes(StandardCharsets.UTF_8);

  private final PointsReconstructor reconstructor = new PointsReconstructor();

  @Test
  void undoesEveryStepAlsoAfterJson() throws Exception {
    Segment segment =
        run(
            "a.csv",
            COLORED,
            step("attributes", "names", List.of("intensity", "color"), "color", "unit"),
            step("center"),
            step("axes", "order", List.of("y", "-z", "x")),
            step("scale_unit_sphere"));
    SortedMap<String, Object> stored =
        new ObjectMapper()
            .readValue(
                new ObjectMapper().writeValueAsString(segment.geometry()),
                new TypeReference<TreeMap<String, Object>>() {});

    byte[] ply = reconstructor.file(segment.signal().toFloats(), segment.signal().shape(), stored);
    Segment again =
        run(
            "b.ply",
            ply,
            step("attributes", "names", List.of("intensity", "color")),
            step("axes", "order", List.of("x", "y", "z")));

    float[] values = again.signal().toFloats();
    // The coordinates are doubles in the file; as floats they have steps of 1/16 here.
    assertThat(values[0]).isEqualTo(1_000_000.25f, within(0.07f));
    assertThat(values[1]).isEqualTo(2f, within(1e-5f));
    assertThat(values[2]).isEqualTo(3f, within(1e-5f));
    assertThat(java.util.Arrays.copyOfRange(values, 3, 7)).containsExactly(7, 255, 51, 0);
    assertThat(java.util.Arrays.copyOfRange(values, 10, 14)).containsExactly(8, 0, 0, 102);
    assertThat(new String(ply, StandardCharsets.ISO_8859_1))
        .startsWith(
            "ply\nformat binary_little_endian 1.0\nelement vertex 3\nproperty double x\nproperty"
                + " double y\nproperty double z\nproperty float intensity\nproperty uchar red\n");
  }

  @Test
  void measuresADecodedCloudInTheModelsUnit() throws Exception {
    Segment segment = run("a.xyz", "0 0 0\n1 0 0\n".getBytes(StandardCharsets.UTF_8));
    float[] decoded = {0, 0, 0, 1, 0, 0.005f, 1, 0.3f, 0};

    SortedMap<String, Double> metrics =
        reconstructor.compare(segment.signal(), decoded, new int[] {3, 3}, segment.geometry());

    // To the original: 0, 0.005, 0.3; from the original: 0 and 0.005.
    assertThat(metrics.get("chamfer_l1_x1000"))
        .isEqualTo(1000 * (0.305 / 3 + 0.005 / 2) / 2, within(1e-3));
    assertThat(metrics.get("chamfer_l2_x1000"))
        .isEqualTo(1000 * ((0.000025 + 0.09) / 3 + 0.000025 / 2), within(1e-3));
    assertThat(metrics.get("f_score")).isEqualTo(2 * (2 / 3.0) / (1 + 2 / 3.0), within(1e-9));
  }

  @Test
  void readsChannelsFirst() throws Exception {
    Segment segment =
        run("a.xyz", "1 2 3\n4 5 6\n".getBytes(StandardCharsets.UTF_8), step("channels_first"));

    byte[] ply =
        reconstructor.file(
            segment.signal().toFloats(), segment.signal().shape(), segment.geometry());

    assertThat(run("b.ply", ply).signal().toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void refusesShapesThatAreNoPoints() throws Exception {
    Segment segment = run("a.xyz", "1 2 3\n4 5 6\n".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> reconstructor.file(new float[8], new int[] {2, 4}, segment.geometry()))
        .hasMessage("Cannot read points of the shape [2, 4] (the model must give (points, 3))");
    assertThatThrownBy(
            () ->
                reconstructor.compare(
                    new FloatFeatures(new float[6], 2, 3),
                    new float[6],
                    new int[] {2, 3},
                    new TreeMap<>()))
        .hasMessage("Cannot decode points with the geometry []: offset is missing");
  }
}
