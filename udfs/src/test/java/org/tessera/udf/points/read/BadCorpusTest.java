package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.testing.SharedData;

/** Every bad point cloud of the shared corpus ends as bad_corpus.tsv states. */
@Tag("corpus")
class BadCorpusTest {
  @TestFactory
  List<DynamicTest> endsAsStated() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    try (InputStream in = BadCorpusTest.class.getResourceAsStream("/points/bad_corpus.tsv")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith("#")) {
          String[] parts = line.split("\t");
          tests.add(
              DynamicTest.dynamicTest(
                  parts[0], () -> assertThat(outcome(parts[0])).isEqualTo(parts[1])));
        }
      }
    }
    assertThat(tests).hasSizeGreaterThan(35);
    return tests;
  }

  private static String outcome(String name) throws Exception {
    Path file = SharedData.path("corpus/bad/pointclouds").resolve(name);
    SampleInput input = SampleInput.of(name, Files.readAllBytes(file));
    try {
      PointFormat format = PointClouds.format(input);
      PointCloud cloud =
          PointClouds.read(input, format, ReadRequest.coordinates().with(Part.FACES));
      return format.id() + " " + cloud.size();
    } catch (SampleException e) {
      assertThat(e).hasMessageStartingWith("Cannot read ");
      return e.code() + " at " + e.offset();
    }
  }
}
