package org.tessera.udf.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.fuzz.Fuzzer;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleInput;
import org.tessera.udf.testing.Table;

/** Every damaged image is decoded or rejected. */
class ImageFuzzTest {
  /** A few megapixels, so that a damaged size cannot make the run slow. */
  private static final Limits LIMITS = new Limits(10_000_000, 4_000_000, 1, 1, 1, 1, 4, 10_000);

  private static final FrontEnd FRONT_END =
      ImageFrontEnd.of(
          List.of(new Step("resize_center_crop", new TreeMap<>(Map.of("size", 8)))), LIMITS);

  @ParameterizedTest
  @ValueSource(strings = {".jpg", ".png", ".webp", ".gif", ".bmp", ".tif", ".pnm", ".qoi"})
  void everyMutantIsDecodedOrRejected(String extension) throws IOException {
    Fuzzer.Result result =
        new Fuzzer(
                "image" + extension,
                seeds(extension),
                content -> FRONT_END.open(SampleInput.of("fuzz" + extension, content)),
                10_000)
            .run();
    assertThat(result.failures()).isEmpty();
    // A run in which nothing was read, or nothing rejected, would have tested nothing.
    assertThat(result.read()).isPositive();
    assertThat(result.rejected()).containsKeys(RejectCode.TRUNCATED, RejectCode.MALFORMED);
  }

  private static List<byte[]> seeds(String extension) {
    return Table.rows(ImageFuzzTest.class, "files.tsv").stream()
        .map(row -> row.get("file"))
        .filter(file -> file.endsWith(extension))
        .flatMap(file -> Stream.of(Table.bytes(ImageFuzzTest.class, file)))
        .filter(content -> content.length < 10_000)
        .toList();
  }
}
