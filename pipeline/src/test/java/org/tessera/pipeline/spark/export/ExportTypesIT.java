package org.tessera.pipeline.spark.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.udf.sample.SampleKey;

/**
 * Ids at the ends of number types, as written and read back. A tokenizer of 200 codes lies at the
 * end of the vocabulary, and a sample has its first and its last code.
 */
class ExportTypesIT {
  private static final int CODES = 200;
  private static final int[] SAMPLE = {0, CODES - 1, 7, CODES - 1};

  @TempDir Path directory;
  private TokenOutput tokens;

  @BeforeEach
  void writeTokens() throws IOException {
    tokens =
        new TokenOutput(directory.resolve("tokens"))
            .tokenizer(
                "pixels",
                Modality.IMAGE,
                new TokenLayout(List.of("position"), List.of(4), List.of(CODES), "", List.of()))
            .wave("pixels", List.of(new TokenOutput.Line(SampleKey.of("file:/a.png"), SAMPLE, 4)));
  }

  private Path export(ExportOptions options) throws IOException {
    Path output = directory.resolve("export-" + Files.list(directory).count());
    new ExportFlow(
            SparkForTests.session(),
            new ExportFlow.Request(List.of(tokens.uri()), output.toString(), false, options))
        .run();
    return output;
  }

  private static ExportOptions options(ExportFormat format, int largest) {
    return ExportOptions.of(format).textVocabulary(largest - (CODES - 1));
  }

  private static int[] expected(int largest) {
    return Arrays.stream(SAMPLE).map(code -> largest - (CODES - 1) + code).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "255, |u1",
    "256, <u2",
    "32767, <u2",
    "32768, <u2",
    "65499, <u2",
    "65500, <u2",
    "65535, <u2",
    "65536, <i4",
    "2147483647, <i4"
  })
  void tarsAndTreesHoldTheLargestId(int largest, String type) throws IOException {
    Path tars = export(options(ExportFormat.WEBDATASET, largest));
    Reading.Array inTar =
        Reading.npy(
            Reading.tar(Reading.files(tars, ".tar")).entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(".npy"))
                .findFirst()
                .orElseThrow()
                .getValue());
    assertThat(inTar.type()).isEqualTo(type);
    assertThat(inTar.values()).isEqualTo(expected(largest));
    Path tree = export(options(ExportFormat.NPY, largest));
    Reading.Array file = Reading.npy(Files.readAllBytes(Reading.files(tree, ".npy").get(0)));
    assertThat(file.type()).isEqualTo(type);
    assertThat(file.values()).isEqualTo(expected(largest));
  }

  @ParameterizedTest
  @CsvSource({
    // The rule is about the vocabulary's size: below 65500 ids, 16 bits.
    "65498, 8",
    "65499, 4",
    "65500, 4",
    "65535, 4",
    "65536, 4",
    "32768, 8",
    "2147483647, 4"
  })
  void megatronHoldsTheLargestId(int largest, int dtype) throws IOException {
    Path output = export(options(ExportFormat.MEGATRON, largest));
    Reading.Megatron dataset = Reading.megatron(output.resolve("shard-000000.idx"));
    assertThat(dataset.dtype()).isEqualTo(dtype);
    assertThat(dataset.sequences().get(0)).isEqualTo(expected(largest));
  }

  @ParameterizedTest
  @ValueSource(ints = {255, 256, 65535, 65536, Integer.MAX_VALUE})
  void streamingShardsHoldTheLargestId(int largest) throws IOException {
    for (Map<String, Object> row : Reading.mds(export(options(ExportFormat.MDS, largest)))) {
      assertThat((int[]) row.get("input_ids")).isEqualTo(expected(largest));
    }
  }

  @Test
  void parquetHoldsTheLargestId() throws IOException {
    int largest = Integer.MAX_VALUE;
    Row row =
        SparkForTests.session()
            .read()
            .parquet(export(options(ExportFormat.HF, largest)).resolve("data").toString())
            .first();
    assertThat(row.<Integer>getList(row.fieldIndex("input_ids")))
        .isEqualTo(Arrays.stream(expected(largest)).boxed().toList());
  }

  @Test
  void fourMEndsAtInt16() throws IOException {
    Path output = export(options(ExportFormat.NPY, 32767).layout("4m"));
    Reading.Array file =
        Reading.npy(
            Files.readAllBytes(
                Reading.files(output, ".npy").stream()
                    .filter(path -> !path.toString().contains("crop_settings"))
                    .findFirst()
                    .orElseThrow()));
    assertThat(file.type()).isEqualTo("<i2");
    assertThat(file.values()).isEqualTo(expected(32767));
    assertThatThrownBy(() -> export(options(ExportFormat.NPY, 32768).layout("4m")))
        .hasMessageStartingWith("Cannot write ids up to 32768 as int16: it ends at 32767");
    assertThat(directory.resolve("export-2")).doesNotExist();
  }

  @Test
  void idsEndAtTwoToThe31() {
    assertThatThrownBy(
            () ->
                export(
                    ExportOptions.of(ExportFormat.HF)
                        .textVocabulary(Integer.MAX_VALUE - (CODES - 2))))
        .hasMessageStartingWith("Cannot number pixels up to 2147483648: ids end at 2147483647");
    assertThat(directory.resolve("export-1")).doesNotExist();
  }
}
