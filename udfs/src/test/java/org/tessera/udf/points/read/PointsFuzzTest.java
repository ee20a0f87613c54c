package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.tessera.udf.fuzz.Fuzzer;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Damaged point files are read or rejected, with all of their parts. */
class PointsFuzzTest {
  private static final Limits LIMITS = new Limits(50_000_000L, 1, 1, 1, 1, 100_000L, 4, 5_000);

  /** The names of the seeds; all that run together have the extension of the first. */
  private static final Map<String, List<String>> SEEDS =
      new LinkedHashMap<>(
          Map.of(
              "ply", List.of("f4a.ply", "f8l.ply", "i2b.ply", "lists_a.ply", "lists_b.ply"),
              "pcd", List.of("ascii.pcd", "binary.pcd", "compressed.pcd"),
              "las", List.of("las0.las", "las3.las", "las6.las", "las10.las"),
              "laz", List.of("laz0.laz", "laz3.laz", "laz6.laz", "laz8.laz", "extra.laz"),
              "text", List.of("six.xyz", "named.csv"),
              "mesh", List.of("m.stl", "m_ascii.stl", "m.obj", "m.off"),
              "numpy", List.of("c_f4.npy", "fortran.npy", "half.npy", "int.npy"),
              "npz", List.of("named.npz", "only.npz"),
              "e57", List.of("double.e57")));

  @TestFactory
  List<DynamicTest> readsOrRejects() {
    List<DynamicTest> tests = new ArrayList<>();
    SEEDS.forEach(
        (name, files) -> tests.add(DynamicTest.dynamicTest(name, () -> fuzz(name, files))));
    return tests;
  }

  private static void fuzz(String name, List<String> files) throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    for (String file : files) {
      seeds.add(GoldenFilesTest.bytes(file));
    }
    String extension = files.get(0).substring(files.get(0).indexOf('.'));
    Fuzzer.Result result =
        new Fuzzer("points-" + name, seeds, bytes -> read("a" + extension, bytes), 10_000).run();
    assertThat(result.failures()).isEmpty();
    assertThat(result.rejected()).isNotEmpty();
  }

  private static void read(String name, byte[] bytes) throws SampleException {
    SampleInput input = SampleInput.of(name, bytes);
    ReadRequest request =
        new ReadRequest(
            java.util.EnumSet.allOf(Part.class),
            List.of(),
            LIMITS,
            Deadline.in(LIMITS.timeoutMillis()));
    PointClouds.read(input, PointClouds.format(input), request);
  }
}
