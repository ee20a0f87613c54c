package org.tessera.pipeline.spark.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.export.VocabularyFile;
import org.tessera.pipeline.spark.SparkForTests;

/** Every format, read back by a reader of its own: the ids are the token table's. */
class ExportFormatsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEXT = 300;
  private static final int SAMPLES = 40;

  @TempDir Path directory;
  private TokenOutput tokens;

  /** By sample id the ids that an export after {@code TEXT} text ids holds. */
  private final Map<String, int[]> expected = new HashMap<>();

  @BeforeEach
  void writeTokens() throws IOException {
    Random random = new Random(1);
    List<TokenOutput.Line> lines =
        TokenOutput.lines("images", "jpg", SAMPLES, i -> random.ints(16, 0, 1000).toArray(), 4, 4);
    for (TokenOutput.Line line : lines) {
      line.label("class_id", Integer.toString(line.ids[0] % 7));
      expected.put(line.key.id(), Arrays.stream(line.ids).map(id -> id + TEXT).toArray());
    }
    tokens =
        new TokenOutput(directory.resolve("tokens"))
            .tokenizer(
                "pixels",
                Modality.IMAGE,
                new TokenLayout(
                    List.of("row", "column"), List.of(4, 4), List.of(1000), "", List.of()))
            .wave("pixels", lines.subList(0, 25))
            .wave("pixels", lines.subList(25, SAMPLES));
  }

  private Path export(ExportOptions options) throws IOException {
    Path output = directory.resolve("export-" + Files.list(directory).count());
    ExportFlow.Result result =
        new ExportFlow(
                SparkForTests.session(),
                new ExportFlow.Request(List.of(tokens.uri()), output.toString(), false, options))
            .run();
    assertThat(result.sequences()).isEqualTo(SAMPLES);
    assertThat(result.ids()).isEqualTo(SAMPLES * 16);
    assertThat(VocabularyFile.read(Files.readString(output.resolve("vocabulary.json"))).size())
        .isEqualTo(1000 + TEXT);
    return output;
  }

  private static ExportOptions options(ExportFormat format) {
    return ExportOptions.of(format).textVocabulary(TEXT);
  }

  private void assertExpected(Map<String, int[]> found) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    found.forEach((name, ids) -> assertThat(ids).isEqualTo(expected.get(name)));
  }

  @Test
  void huggingFaceParquet() throws IOException {
    Path output =
        export(
            options(ExportFormat.HF)
                .column("labels")
                .column("attention_mask")
                .column("modalities")
                .label("class_id")
                .shardSamples(7));
    List<Row> rows =
        SparkForTests.session().read().parquet(output.resolve("data").toString()).collectAsList();
    Map<String, int[]> found = new HashMap<>();
    for (Row row : rows) {
      found.put(row.getAs("name"), ints(row.getList(row.fieldIndex("input_ids"))));
      assertThat(row.getList(row.fieldIndex("labels")))
          .isEqualTo(row.getList(row.fieldIndex("input_ids")));
      assertThat(row.getList(row.fieldIndex("image_ids")))
          .isEqualTo(row.getList(row.fieldIndex("input_ids")));
      assertThat(ints(row.getList(row.fieldIndex("attention_mask")))).containsOnly(1);
      assertThat(Integer.parseInt(row.<String>getAs("class_id")))
          .isEqualTo((found.get(row.<String>getAs("name"))[0] - TEXT) % 7);
    }
    assertThat(rows).hasSize(SAMPLES);
    assertExpected(found);
    assertThat(Reading.files(output, ".parquet")).hasSizeGreaterThan(5);
  }

  private static int[] ints(List<Integer> list) {
    return list.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void megatron() throws IOException {
    Path output = export(options(ExportFormat.MEGATRON).shardBytes(32 * 10));
    Map<String, int[]> where = where(output);
    int sequences = 0;
    List<Path> shards = Reading.files(output, ".idx");
    for (Path idx : shards) {
      Reading.Megatron dataset = Reading.megatron(idx);
      assertThat(dataset.dtype()).isEqualTo(8);
      assertThat(dataset.modes()).isEmpty();
      assertThat(dataset.documents()).hasSize(dataset.sequences().size() + 1).startsWith(0, 1);
      for (int[] ids : dataset.sequences()) {
        assertThat(expected.values()).anyMatch(known -> Arrays.equals(known, ids));
        sequences++;
      }
      assertThat(dataset.sequences().size()).isBetween(1, 10);
    }
    assertThat(sequences).isEqualTo(SAMPLES);
    assertThat(where).hasSize(SAMPLES);
  }

  /** What went where: by sample id the index. */
  private static Map<String, int[]> where(Path output) {
    Map<String, int[]> where = new HashMap<>();
    for (Row row :
        SparkForTests.session()
            .read()
            .parquet(output.resolve("_tessera/exports/0001/where").toString())
            .collectAsList()) {
      where.put(row.getAs("sample_id"), new int[] {(int) (long) row.<Long>getAs("index")});
      assertThat(output.resolve(row.<String>getAs("file"))).exists();
    }
    return where;
  }

  @Test
  void webDataset() throws IOException {
    Path output = export(options(ExportFormat.WEBDATASET).shardSamples(15));
    List<Path> shards = Reading.files(output, ".tar");
    assertThat(shards.get(0)).hasFileName("shard-000000.tar");
    Map<String, int[]> found = new HashMap<>();
    Map<String, byte[]> entries = Reading.tar(shards);
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      String name = entry.getKey().substring(0, entry.getKey().indexOf('.'));
      if (entry.getKey().endsWith(".npy")) {
        Reading.Array array = Reading.npy(entry.getValue());
        assertThat(array.type()).isEqualTo("<u2");
        assertThat(array.shape()).containsExactly(16);
        found.put(name, array.values());
      } else {
        JsonNode json = JSON.readTree(entry.getValue());
        assertThat(json.path("samples").get(0).path("sample_id").asText()).isEqualTo(name);
        assertThat(json.path("labels").has("class_id")).isTrue();
      }
    }
    assertThat(entries).hasSize(2 * SAMPLES);
    assertExpected(found);
  }

  @Test
  void equalExportsAreEqualToTheByte() throws IOException {
    Path once = export(options(ExportFormat.WEBDATASET).shardBytes(8192));
    Path again = export(options(ExportFormat.WEBDATASET).shardBytes(8192));
    List<Path> shards = Reading.files(once, ".tar");
    assertThat(shards).hasSizeGreaterThan(10);
    for (Path shard : shards) {
      assertThat(Files.size(shard)).isLessThanOrEqualTo(8192);
      assertThat(again.resolve(shard.getFileName())).hasSameBinaryContentAs(shard);
    }
  }

  @Test
  void mds() throws IOException {
    for (String compression : List.of("none", "zstd")) {
      Path output =
          export(
              options(ExportFormat.MDS)
                  .label("class_id")
                  .compression(compression)
                  .shardBytes(1000));
      Map<String, int[]> found = new HashMap<>();
      for (Map<String, Object> row : Reading.mds(output)) {
        assertThat(row).containsOnlyKeys("class_id", "input_ids", "name");
        found.put((String) row.get("name"), (int[]) row.get("input_ids"));
      }
      assertExpected(found);
      for (JsonNode shard : JSON.readTree(output.resolve("index.json").toFile()).path("shards")) {
        assertThat(shard.path("raw_data").path("bytes").asLong()).isLessThanOrEqualTo(1000);
      }
    }
  }

  @Test
  void npyTrees() throws IOException {
    Path output = export(options(ExportFormat.NPY).name("train/{label:class_id}/{name}.npy"));
    Map<String, int[]> found = new HashMap<>();
    for (Path file : Reading.files(output, ".npy")) {
      String name = file.getFileName().toString().replace(".npy", "");
      found.put(name, Reading.npy(Files.readAllBytes(file)).values());
      assertThat(file.getParent()).hasFileName(Integer.toString((found.get(name)[0] - TEXT) % 7));
    }
    assertExpected(found);
  }

  @Test
  void jsonLines() throws IOException {
    Path output = export(options(ExportFormat.JSONL).shardSamples(9));
    Map<String, int[]> found = new HashMap<>();
    for (Path file : Reading.files(output, ".jsonl")) {
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSizeLessThanOrEqualTo(9);
      for (String line : lines) {
        JsonNode node = JSON.readTree(line);
        int[] ids = new int[node.path("code").size()];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = node.path("code").get(i).asInt();
        }
        found.put(node.path("key").asText(), ids);
      }
    }
    assertExpected(found);
  }

  @Test
  void jsonLinesOfClassesAndOfWords() throws IOException {
    Path classes = export(options(ExportFormat.JSONL).layout("pretokenized").label("class_id"));
    JsonNode first =
        JSON.readTree(Files.readAllLines(classes.resolve("shard-000000.jsonl")).get(0));
    assertThat(first.path("class_id").asInt())
        .isEqualTo((first.path("tokens").get(0).asInt() - TEXT) % 7);
    Path words = export(options(ExportFormat.JSONL).layout("text"));
    JsonNode word = JSON.readTree(Files.readAllLines(words.resolve("shard-000000.jsonl")).get(0));
    int[] ids = expected.get(word.path("key").asText());
    assertThat(word.path("text").asText())
        .startsWith(String.format("<image_%05d><image_%05d>", ids[0] - TEXT, ids[1] - TEXT));
  }
}
