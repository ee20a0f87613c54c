package org.tessera.udf.points.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tessera.udf.fuzz.Fuzzer;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/** Damaged point files are read or rejected, with all of their parts. */
class PointsFuzzTest {
  private static final Limits LIMITS = new Limits(50_000_000L, 1, 1, 1, 1, 100_000L, 4, 5_000);

  private static final String PTS = "3\n1 2 3 -40 10 20 30\n4 5 6 50 1 2 3\n7 8 9 0 0 0 0\n";
  private static final String PTX =
      "2\n2\n1 2 3\n1 0 0\n0 1 0\n0 0 1\n1 0 0 0\n0 1 0 0\n0 0 1 0\n1 2 3 1\n1 2 3 0.5 1 2 3\n"
          + "0 0 0 0.5 0 0 0\n4 5 6 0.1 7 8 9\n7 8 9 0.2 4 5 6\n";

  /** Formats with a mark of their own together; the others need their extension. */
  @ParameterizedTest
  @CsvSource({
    "binary, .x, f8l.ply i2b.ply lists_b.ply binary.pcd compressed.pcd las0.las las3.las las6.las"
        + " las10.las laz0.laz laz3.laz laz6.laz laz8.laz extra.laz c_f4.npy fortran.npy half.npy"
        + " double.e57",
    "text, .xyz, f4a.ply lists_a.ply ascii.pcd six.xyz named.csv m.obj m.off m_ascii.stl",
    "stl, .stl, m.stl m_ascii.stl",
    "npz, .npz, named.npz only.npz"
  })
  void readsOrRejects(String name, String extension, String files) throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    for (String file : files.split(" ")) {
      seeds.add(GoldenFilesTest.bytes(file));
    }
    if (name.equals("text")) {
      seeds.add(PTS.getBytes(StandardCharsets.US_ASCII));
      seeds.add(PTX.getBytes(StandardCharsets.US_ASCII));
    }
    for (byte[] seed : seeds) {
      read("a" + extension, seed);
    }
    Fuzzer.Result result =
        new Fuzzer("points-" + name, seeds, bytes -> read("a" + extension, bytes), 10_000).run();
    assertThat(result.failures()).isEmpty();
    assertThat(result.rejected()).isNotEmpty();
    assertThat(result.read()).isPositive();
  }

  private static void read(String name, byte[] bytes) throws SampleException {
    SampleInput input = SampleInput.of(name, bytes);
    ReadRequest request =
        new ReadRequest(
            EnumSet.allOf(Part.class), List.of(), LIMITS, Deadline.in(LIMITS.timeoutMillis()));
    PointClouds.read(input, PointClouds.format(input), request);
  }
}
