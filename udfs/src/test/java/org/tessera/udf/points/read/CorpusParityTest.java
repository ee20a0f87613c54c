package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.tessera.udf.SharedData;
import org.tessera.udf.sample.SampleInput;

/**
 * Every point cloud of the shared corpus has, to the last bit, the coordinates and attributes that
 * the reference reader gives; corpus_recipe.py made the expectations.
 */
@Tag("corpus")
class CorpusParityTest {
  @TestFactory
  List<DynamicTest> equalsTheReferenceReader() throws Exception {
    JsonNode golden =
        new ObjectMapper().readTree(CorpusParityTest.class.getResource("/points/corpus.json"));
    List<DynamicTest> tests = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : golden.properties()) {
      tests.add(
          DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getKey(), entry.getValue())));
    }
    assertThat(tests).hasSizeGreaterThan(50);
    return tests;
  }

  private static void check(String name, JsonNode expected) throws Exception {
    Path file = SharedData.path("corpus/pointclouds").resolve(name);
    SampleInput input = SampleInput.of(name, Files.readAllBytes(file));
    PointFormat format = PointClouds.format(input);
    PointCloud cloud =
        PointClouds.read(
            input, format, ReadRequest.coordinates().with(Part.INTENSITY, Part.COLOR, Part.FACES));
    assertThat(cloud.size()).isEqualTo(expected.get("points").intValue());
    assertThat(cloud.notFiniteOffset()).isEqualTo(-1);
    if (cloud.size() > 0) {
      assertThat(cloud.xyz())
          .startsWith(doubles(expected.get("first")))
          .endsWith(doubles(expected.get("last")));
    }
    assertThat(Digests.xyz(cloud)).isEqualTo(expected.get("xyz_sha256").textValue());
    if (expected.has("intensity_sha256")) {
      assertThat(Digests.part(cloud, Part.INTENSITY))
          .isEqualTo(expected.get("intensity_sha256").textValue());
    }
    if (expected.has("color_sha256")) {
      assertThat(Digests.part(cloud, Part.COLOR))
          .isEqualTo(expected.get("color_sha256").textValue());
    }
    if (expected.has("triangles")) {
      assertThat(cloud.triangles()).hasSize(3 * expected.get("triangles").intValue());
    }
  }

  private static double[] doubles(JsonNode node) {
    double[] values = new double[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).doubleValue();
    }
    return values;
  }
}
