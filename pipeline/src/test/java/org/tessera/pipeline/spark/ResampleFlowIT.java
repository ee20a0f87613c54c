package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.udf.spark.ModelSettings;

class ResampleFlowIT {
  private static final int IMAGES = 30;
  private static final FileTime TIME = FileTime.fromMillis(1_700_000_000_000L);

  @TempDir private Path temp;

  private final SparkSession spark = SparkForTests.session();

  @BeforeEach
  void tokenize() throws Exception {
    TinyImageBundle.write(temp.resolve("tiny.bundle"), "tiny");
    Files.createDirectories(temp.resolve("images"));
    for (int i = 0; i < IMAGES; i++) {
      write(i, 8 * i);
    }
    TokenizeRequest request =
        TokenizeRequest.of(
                List.of(temp.resolve("images").toString()),
                temp.resolve("tiny.bundle").toString(),
                temp.resolve("out").toString())
            .model(ModelSettings.CPU)
            .build();
    TokenizeResult result = new TokenizeFlow(spark, request, TokenizeListener.NONE).run();
    assertThat(result.counts().value("tokenized")).isEqualTo(IMAGES);
  }

  /** A grey square; equal sizes and times, so that only its bytes tell of a change. */
  private void write(int number, int grey) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write("P6 32 32 255\n".getBytes(StandardCharsets.US_ASCII));
    byte[] pixels = new byte[32 * 32 * 3];
    Arrays.fill(pixels, (byte) grey);
    file.write(pixels);
    Path path = temp.resolve("images").resolve("image-" + number + ".ppm");
    Files.write(path, file.toByteArray());
    Files.setLastModifiedTime(path, TIME);
  }

  private ResampleFlow.Report resample(String bundle, double share) throws IOException {
    return new ResampleFlow(
            spark,
            new ResampleFlow.Request(
                temp.resolve("out").toString(),
                temp.resolve(bundle).toString(),
                share,
                1,
                ModelSettings.CPU))
        .run();
  }

  @Test
  void unchangedInputsHaveTheSameIds() throws IOException {
    ResampleFlow.Report report = resample("tiny.bundle", 1);

    assertThat(report)
        .isEqualTo(new ResampleFlow.Report(IMAGES, 16 * IMAGES, 0, 0, 0, "", List.of()));
  }

  @Test
  void aShareIsAShare() throws IOException {
    ResampleFlow.Report report = resample("tiny.bundle", 0.5);

    assertThat(report.rows()).isBetween(6L, IMAGES - 6L);
    assertThat(report.ids()).isEqualTo(16 * report.rows());
    assertThat(resample("tiny.bundle", 0.5)).isEqualTo(report);
  }

  /** By its digest: size and time of the file are as they were. */
  @Test
  void changedAndMissingInputsAreFound() throws IOException {
    write(3, 240);
    Files.delete(temp.resolve("images").resolve("image-7.ppm"));

    ResampleFlow.Report report = resample("tiny.bundle", 1);

    assertThat(report.rows()).isEqualTo(IMAGES - 2);
    assertThat(report.differingIds()).isZero();
    assertThat(report.unreadable()).isEqualTo(2);
    assertThat(report.findings()).hasSize(2);
    assertThat(report.findings().get(0))
        .contains("image-3.ppm")
        .contains("the input has changed since it was tokenized (its SHA-256 is ");
    assertThat(report.findings().get(1)).contains("image-7.ppm");
  }

  @Test
  void otherIdsAreFound() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(temp.resolve("out").resolve("tokens"))) {
      files = all.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
    Path committed =
        files.stream()
            .filter(
                file ->
                    spark.read().parquet(file.toString()).where("uri like '%image-3.ppm'").count()
                        > 0)
            .findFirst()
            .orElseThrow();
    spark
        .read()
        .parquet(committed.toString())
        .withColumn(
            "tokens",
            expr(
                "if(uri like '%image-3.ppm', transform(tokens, (x, i) -> if(i < 5, 15, x)), tokens)"))
        .coalesce(1)
        .write()
        .parquet(temp.resolve("edited").toString());
    try (Stream<Path> edited = Files.list(temp.resolve("edited"))) {
      Files.copy(
          edited.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow(),
          committed,
          StandardCopyOption.REPLACE_EXISTING);
    }
    Files.deleteIfExists(committed.resolveSibling("." + committed.getFileName() + ".crc"));

    ResampleFlow.Report report = resample("tiny.bundle", 1);

    assertThat(report.rows()).isEqualTo(IMAGES);
    assertThat(report.differingRows()).isEqualTo(1);
    assertThat(report.differingIds()).isEqualTo(5);
    assertThat(report.findings()).hasSize(1);
    assertThat(report.findings().get(0))
        .contains("image-3.ppm")
        .endsWith("5 of 16 ids differ when encoded again");
  }

  @Test
  void anotherBundleIsRefusedByItsFingerprint() throws Exception {
    TinyImageBundle.write(temp.resolve("other.bundle"), "other");

    assertThatThrownBy(() -> resample("other.bundle", 1))
        .hasMessageStartingWith("Cannot encode again: no tokens in ")
        .hasMessageEndingWith("(give the bundle that made them)");
    assertThatThrownBy(() -> resample("tiny.bundle", 0))
        .hasMessage("Cannot encode a share of 0.0 again (give a number above 0, at most 1)");
  }
}
