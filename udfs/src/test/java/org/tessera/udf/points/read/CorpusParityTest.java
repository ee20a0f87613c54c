package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.testing.ParityTable;
import org.tessera.udf.testing.SharedData;

/**
 * Every point cloud of the shared corpus has, to the last bit, the coordinates and attributes that
 * the reference reader gives; corpus_recipe.py made the expectations.
 */
@Tag("corpus")
class CorpusParityTest {
  @Test
  void everyCloudEqualsTheReferenceReaders() throws Exception {
    JsonNode golden =
        new ObjectMapper().readTree(CorpusParityTest.class.getResource("/points/corpus.json"));
    assertThat(golden.size()).isGreaterThan(50);
    ParityTable table =
        new ParityTable("points", "format", "files", "points", "files equal to the reference");
    for (Map.Entry<String, JsonNode> entry : golden.properties()) {
      PointFormat format = check(entry.getKey(), entry.getValue());
      table.add(format.id(), 1, entry.getValue().get("points").longValue(), 1);
    }
    table.check();
  }

  private static PointFormat check(String name, JsonNode expected) throws Exception {
    Path file = SharedData.path("corpus/pointclouds").resolve(name);
    SampleInput input = SampleInput.of(name, Files.readAllBytes(file));
    PointFormat format = PointClouds.format(input);
    PointCloud cloud =
        PointClouds.read(
            input, format, ReadRequest.coordinates().with(Part.INTENSITY, Part.COLOR, Part.FACES));
    assertThat(cloud.size()).as(name).isEqualTo(expected.get("points").intValue());
    assertThat(cloud.notFiniteOffset()).isEqualTo(-1);
    if (cloud.size() > 0) {
      assertThat(cloud.xyz())
          .startsWith(doubles(expected.get("first")))
          .endsWith(doubles(expected.get("last")));
    }
    assertThat(Digests.xyz(cloud)).as(name).isEqualTo(expected.get("xyz_sha256").textValue());
    if (expected.has("intensity_sha256")) {
      assertThat(Digests.part(cloud, Part.INTENSITY))
          .as(name)
          .isEqualTo(expected.get("intensity_sha256").textValue());
    }
    if (expected.has("color_sha256")) {
      assertThat(Digests.part(cloud, Part.COLOR))
          .as(name)
          .isEqualTo(expected.get("color_sha256").textValue());
    }
    if (expected.has("triangles")) {
      assertThat(cloud.triangles()).hasSize(3 * expected.get("triangles").intValue());
    }
    return format;
  }

  private static double[] doubles(JsonNode node) {
    double[] values = new double[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).doubleValue();
    }
    return values;
  }
}
