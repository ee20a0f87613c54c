package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tessera.udf.sample.SampleInput;

/**
 * Small files of every format and type have, to the last bit, the values that the reference readers
 * give; recipe.py made them.
 */
class GoldenFilesTest {
  private static final List<String> COLUMNS = List.of("x", "y", "z", "-", "-", "-");

  @TestFactory
  List<DynamicTest> equalsTheReferenceReader() throws Exception {
    JsonNode golden =
        new ObjectMapper().readTree(GoldenFilesTest.class.getResource("/points/golden.json"));
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : golden.properties()) {
      tests.add(
          DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getKey(), entry.getValue())));
    }
    assertThat(tests).hasSizeGreaterThan(60);
    return tests;
  }

  static byte[] bytes(String name) throws Exception {
    try (InputStream in = GoldenFilesTest.class.getResourceAsStream("/points/golden/" + name)) {
      return in.readAllBytes();
    }
  }

  private static void check(String name, JsonNode expected) throws Exception {
    SampleInput input = SampleInput.of(name, bytes(name));
    ReadRequest request =
        ReadRequest.coordinates().with(Part.INTENSITY, Part.COLOR, Part.NORMALS, Part.FACES);
    if (name.equals("six.xyz")) {
      request = new ReadRequest(request.parts(), COLUMNS, request.limits(), Deadline.NONE);
    }
    PointFormat format = PointClouds.format(input);
    check(PointClouds.read(input, format, request), expected);
    // The same through a window of a few bytes, as large files are read.
    Bytes windowed = new Bytes(input.content(), format.title(), Deadline.NONE, 0, 61);
    check(PointClouds.read(windowed, input, format, request), expected);
  }

  private static void check(PointCloud cloud, JsonNode expected) {
    assertThat(cloud.size()).isEqualTo(expected.get("points").intValue());
    assertThat(Digests.xyz(cloud)).isEqualTo(expected.get("xyz_sha256").textValue());
    for (Part part : List.of(Part.INTENSITY, Part.COLOR, Part.NORMALS)) {
      String key = part.name().toLowerCase(java.util.Locale.ROOT) + "_sha256";
      if (expected.has(key)) {
        assertThat(Digests.part(cloud, part)).as(key).isEqualTo(expected.get(key).textValue());
      }
    }
    if (expected.has("triangles_sha256")) {
      assertThat(Digests.triangles(cloud)).isEqualTo(expected.get("triangles_sha256").textValue());
    }
  }
}
