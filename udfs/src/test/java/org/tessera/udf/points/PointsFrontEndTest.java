package org.tessera.udf.points;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

class PointsFrontEndTest {
  private static final String SQUARE = "0 0 0 1\n4 0 0 2\n4 2 0 3\n0 2 0 4\n";

  static Step step(String name, Object... parameters) {
    TreeMap<String, Object> map = new TreeMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put((String) parameters[i], parameters[i + 1]);
    }
    return new Step(name, map);
  }

  static Segment run(String name, byte[] content, Step... steps) throws Exception {
    PointsFrontEnd frontEnd = PointsFrontEnd.of(List.of(steps), Limits.DEFAULT);
    try (Segments segments = frontEnd.open(SampleInput.of(name, content))) {
      Segment segment = segments.next();
      assertThat(segments.next()).isNull();
      return segment;
    }
  }

  private static Segment run(String text, Step... steps) throws Exception {
    return run("a.xyz", text.getBytes(StandardCharsets.UTF_8), steps);
  }

  @Test
  void givesCoordinatesWithoutSteps() throws Exception {
    Segment segment = run(SQUARE);

    assertThat(segment.signal().shape()).containsExactly(4, 3);
    assertThat(segment.signal().toFloats()).containsExactly(0, 0, 0, 4, 0, 0, 4, 2, 0, 0, 2, 0);
    assertThat(segment.geometry())
        .containsEntry("format", "xyz")
        .containsEntry("points", 4)
        .containsEntry("scale", 1.0)
        .containsEntry("axes", List.of("x", "y", "z"));
  }

  @Test
  void centersAndScalesAndRemembersTheWayBack() throws Exception {
    Segment segment = run(SQUARE, step("center"), step("scale_unit_sphere"));

    double radius = Math.sqrt(5);
    assertThat(segment.signal().toFloats())
        .startsWith((float) (-2 / radius), (float) (-1 / radius), 0f);
    assertThat(segment.geometry())
        .containsEntry("scale", radius)
        .containsEntry("offset", List.of(2.0, 1.0, 0.0));
    double[] back = PointGeometry.of(segment.geometry()).inFile(new double[] {-2 / radius, 0, 0});
    assertThat(back).containsExactly(new double[] {0, 1, 0}, within(1e-12));
  }

  /** geometry_recipe.py made the expectations with NumPy. */
  @Test
  void centersAndScalesAsNumpyDoesInDoublePrecision() throws Exception {
    JsonNode golden =
        new ObjectMapper().readTree(PointsFrontEndTest.class.getResource("/points/geometry.json"));
    ByteBuffer points =
        ByteBuffer.wrap(Base64.getDecoder().decode(golden.get("points_base64_f4").textValue()))
            .order(ByteOrder.LITTLE_ENDIAN);
    double[] wide = new double[points.remaining() / 4];
    double[] shift = {100, -50, 7};
    for (int i = 0; i < wide.length; i++) {
      wide[i] = (double) points.getFloat(4 * i) * 3 + shift[i % 3];
    }
    ByteArrayOutputStream npy = new ByteArrayOutputStream();
    Npy.write(npy, NpyArray.of(wide, wide.length / 3, 3));

    Segment segment = run("a.npy", npy.toByteArray(), step("center"), step("scale_unit_sphere"));

    List<Double> mean = new ArrayList<>();
    golden.get("mean").forEach(value -> mean.add(value.doubleValue()));
    assertThat(segment.geometry())
        .containsEntry("offset", mean)
        .containsEntry("scale", golden.get("radius").doubleValue());
    JsonNode first = golden.get("normalized_first");
    assertThat(segment.signal().toFloats())
        .startsWith(
            (float) first.get(0).doubleValue(),
            (float) first.get(1).doubleValue(),
            (float) first.get(2).doubleValue());
  }

  @Test
  void turnsAxesAndBack() throws Exception {
    Segment segment =
        run(
            "1 2 3\n5 2 3\n",
            step("center"),
            step("axes", "order", List.of("z", "-x", "y")),
            step("axes", "order", List.of("-y", "x", "z")));

    // The first turn makes (z, -x, y), the second (x, z, y) of the file.
    assertThat(segment.signal().toFloats()).containsExactly(-2, 0, 0, 2, 0, 0);
    assertThat(segment.geometry()).containsEntry("axes", List.of("x", "z", "y"));
    assertThat(PointGeometry.of(segment.geometry()).inFile(new double[] {-2, 0, 0}))
        .containsExactly(1, 2, 3);
  }

  @Test
  void appendsAttributesInAFixedOrder() throws Exception {
    byte[] csv =
        "x,y,z,red,green,blue,intensity\n1,2,3,255,51,0,7\n".getBytes(StandardCharsets.UTF_8);
    Segment segment =
        run(
            "a.csv",
            csv,
            step("attributes", "names", List.of("color", "intensity"), "color", "unit"));

    assertThat(segment.signal().toFloats()).containsExactly(1, 2, 3, 7, 1, 0.2f, 0);
    assertThat(segment.geometry())
        .containsEntry("channels", List.of("x", "y", "z", "intensity", "red", "green", "blue"))
        .containsEntry("color_max", 1.0);
  }

  @Test
  void rejectsOrFillsMissingAttributes() throws Exception {
    assertRejected(
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot give the model the normals of a.xyz: the file has none (set attributes.missing:"
            + " zero, or name its columns)",
        -1,
        SQUARE,
        step("attributes", "names", List.of("intensity", "normals")));
    Segment filled =
        run(
            SQUARE,
            step("attributes", "names", List.of("normals", "intensity"), "missing", "zero"));
    assertThat(filled.signal().shape()).containsExactly(4, 7);
    assertThat(filled.signal().toFloats()).startsWith(0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 2);
  }

  @Test
  void rejectsPointsThatAreNotFiniteUnlessToldToDropThem() throws Exception {
    String text = "0 0 0\n1 nan 0\n2 0 0\n";
    assertRejected(
        RejectCode.NOT_FINITE,
        "Cannot use a.xyz: it has a point that is not finite (add the step drop_not_finite to leave"
            + " such points out)",
        6,
        text);
    assertThat(run(text, step("drop_not_finite")).signal().toFloats())
        .containsExactly(0, 0, 0, 2, 0, 0);
  }

  @Test
  void rejectsTooFewPointsOrRepeatsThem() throws Exception {
    assertRejected(
        RejectCode.TOO_SHORT,
        "Cannot make a sample of 9 points of a.xyz: it has 4 points, and 9 are needed (ask for"
            + " fewer, or leave the file out)",
        -1,
        SQUARE,
        step("random_sample", "points", 9));
    assertThat(run(SQUARE, step("random_sample", "points", 9, "few", "repeat")).signal().shape())
        .containsExactly(9, 3);
    assertThat(run(SQUARE, step("random_sample", "points", 9, "few", "keep")).signal().shape())
        .containsExactly(4, 3);
  }

  @Test
  void makesPatchesLessTheirCentresNearestFirst() throws Exception {
    Segment segment =
        run(
            "0 0 0\n10 0 0\n1 0 0\n11 0 0\n-1 0 0\n9 0 0\n",
            step("patches", "groups", 2, "neighbours", 3, "centers", "input"));

    assertThat(segment.signal().shape()).containsExactly(2, 9);
    assertThat(segment.signal().toFloats())
        .containsExactly(
            // Around point 0; the points at 1 and -1 are as near, the lower index comes first.
            0,
            0,
            0,
            1,
            0,
            0,
            -1,
            0,
            0,
            // Around point 3, the farthest from point 0.
            0,
            0,
            0,
            -1,
            0,
            0,
            -2,
            0,
            0);
    assertThat(segment.inputs().get("centers").toFloats()).containsExactly(0, 0, 0, 11, 0, 0);
    assertThat(segment.geometry()).containsEntry("centers", List.of(0f, 0f, 0f, 11f, 0f, 0f));
  }

  @Test
  void ordersAPatchByHalvesOfXThenYThenZ() throws Exception {
    // Around point 0: the left half is x = -2, -1, -1; of these the lower half by y is two points.
    Segment segment =
        run(
            "0 0 0\n2 0 0\n-1 1 0\n-2 -1 0\n-1 0 0\n1 3 0\n",
            step("patches", "groups", 1, "neighbours", 6, "order", "halves"));

    assertThat(segment.signal().toFloats())
        .containsExactly(-2, -1, 0, -1, 0, 0, -1, 1, 0, 0, 0, 0, 2, 0, 0, 1, 3, 0);
  }

  @Test
  void givesEachPatchAsASegmentOfItsOwnInTheUnitSphere() throws Exception {
    PointsFrontEnd frontEnd =
        PointsFrontEnd.of(
            List.of(
                step(
                    "patches",
                    "groups",
                    2,
                    "neighbours",
                    3,
                    "shape",
                    "segments",
                    "scale",
                    "unit_sphere")),
            Limits.DEFAULT);
    byte[] content =
        "0 0 0\n10 0 0\n1 0 0\n11 0 0\n-2 0 0\n6 0 0\n".getBytes(StandardCharsets.UTF_8);
    try (Segments segments = frontEnd.open(SampleInput.of("a.xyz", content))) {
      Segment first = segments.next();
      Segment second = segments.next();

      assertThat(segments.next()).isNull();
      assertThat(first.index()).isZero();
      assertThat(second.index()).isEqualTo(1);
      assertThat(first.signal().shape()).containsExactly(3, 3);
      // 0, 1 and -2 around 0, divided by 2; then 11, 10 and 6 around 11, divided by 5.
      assertThat(first.signal().toFloats()).containsExactly(0, 0, 0, .5f, 0, 0, -1, 0, 0);
      assertThat(second.signal().toFloats()).containsExactly(0, 0, 0, -.2f, 0, 0, -1, 0, 0);
      assertThat(second.geometry().get("centers")).isEqualTo(List.of(11f, 0f, 0f));
      assertThat(second.geometry().get("radii")).isEqualTo(List.of(5f));
      byte[] ply =
          new PointsReconstructor()
              .file(second.signal().toFloats(), new int[] {3, 3}, second.geometry());
      assertThat(run("back.ply", ply).signal().toFloats())
          .containsExactly(11, 0, 0, 10, 0, 0, 6, 0, 0);
    }
  }

  @Test
  void givesChannelsFirst() throws Exception {
    Segment segment = run("1 2 3\n4 5 6\n", step("channels_first"));

    assertThat(segment.signal().shape()).containsExactly(3, 2);
    assertThat(segment.signal().toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
  }

  @Test
  void samplesByContentAndSeedAlone() throws Exception {
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      many.append(i).append(" 0 0\n");
    }
    byte[] content = many.toString().getBytes(StandardCharsets.UTF_8);
    Step draw = step("random_sample", "points", 20);
    float[] first = run("a.xyz", content, draw).signal().toFloats();

    assertThat(run("b.xyz", content, draw).signal().toFloats()).isEqualTo(first);
    assertThat(
            run("a.xyz", content, step("random_sample", "points", 20, "seed", 1))
                .signal()
                .toFloats())
        .isNotEqualTo(first);
    content[0] = '9';
    assertThat(run("a.xyz", content, draw).signal().toFloats()).isNotEqualTo(first);
  }

  @Test
  void refusesStepsThatDoNotExistOrStandWrong() {
    assertRefused("Cannot use step centre for points (did you mean center?)", step("centre"));
    assertRefused(
        "Cannot use step center here (it follows the last step channels_first)",
        step("channels_first"),
        step("center"));
    assertRefused(
        "Cannot use step sample_surface here (sampled points have no faces; put it before)",
        step("voxel_sample", "edge", 1),
        step("sample_surface", "points", 3));
    assertRefused(
        "Cannot use attributes.names: colour (did you mean color?)",
        step("attributes", "names", List.of("colour")));
    assertRefused(
        "Cannot use parameter seeds of step random_sample (did you mean seed?)",
        step("random_sample", "points", 3, "seeds", 1));
    assertRefused(
        "Cannot use points: 0 (give a whole number above 0)",
        step("farthest_point_sample", "points", 0));
    assertRefused(
        "Cannot use voxel_sample.edge: -1.0 (give a length above 0)",
        step("voxel_sample", "edge", -1));
    assertRefused(
        "Cannot use axes.order: [x, y, y] (give x, y and z in some order, with - to turn)",
        step("axes", "order", List.of("x", "y", "y")));
  }

  private static void assertRefused(String message, Step... steps) {
    assertThatThrownBy(() -> PointsFrontEnd.of(List.of(steps), Limits.DEFAULT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static void assertRejected(
      RejectCode code, String message, long offset, String text, Step... steps) {
    assertThatThrownBy(() -> run(text, steps))
        .isInstanceOfSatisfying(
            SampleException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.offset()).isEqualTo(offset);
            })
        .hasMessage(message);
  }

  @Test
  void tellsFormatsByContent() {
    Map<String, String> heads =
        Map.of(
            "cloud.dat|ply\nformat ascii 1.0\n", "ply",
            "a|# .PCD v0.7\nVERSION 0.7\n", "pcd",
            "a|OFF8 6 12\n", "off",
            "a.txt|# hi\nv 1 2 3\n", "obj",
            "a.xyz|1 2 3\n", "xyz",
            "a.csv|\"X\",\"Y\",\"Z\"\n1,2,3\n", "csv",
            "a.pts|2\n1 2 3 4\n", "pts",
            "a.ptx|2\n1\n0 0 0\n", "ptx",
            "a|solid x\n facet normal 0 0 1\n", "stl");
    heads.forEach(
        (head, format) -> {
          String[] parts = head.split("\\|", 2);
          assertThat(PointSniffer.format(parts[1].getBytes(StandardCharsets.ISO_8859_1), parts[0]))
              .as(head)
              .contains(format);
        });
    for (String head :
        List.of(
            "a.pcd|1 2 3\n", "a.csv|uri,label\nx,y\n", "a.txt|hello there you\n", "a.bin|\0\0")) {
      String[] parts = head.split("\\|", 2);
      assertThat(PointSniffer.format(parts[1].getBytes(StandardCharsets.ISO_8859_1), parts[0]))
          .as(head)
          .isEmpty();
    }
  }
}
