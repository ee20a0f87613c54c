package org.tessera.pipeline.spark.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.export.Vocabulary;
import org.tessera.pipeline.export.VocabularyFile;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.udf.sample.SampleKey;

/** What an export does as a whole: once, all or nothing, in an order of its own, in parts. */
class ExportFlowIT {
  private static final TokenLayout GRID =
      new TokenLayout(List.of("row", "column"), List.of(2, 2), List.of(500), "", List.of());
  private static final TokenLayout LEVELS =
      new TokenLayout(List.of("level", "time"), List.of(2, -1), List.of(64), "level", List.of());

  @TempDir Path directory;
  private TokenOutput tokens;
  private Path output;

  @BeforeEach
  void writeTokens() throws IOException {
    output = directory.resolve("export");
    tokens =
        new TokenOutput(directory.resolve("tokens"))
            .tokenizer("pixels", Modality.IMAGE, GRID)
            .tokenizer("voice", Modality.AUDIO, LEVELS)
            .wave("pixels", images(0, 12));
  }

  /** Image i has the ids 4 i to 4 i + 3. */
  private static List<TokenOutput.Line> images(int from, int to) {
    return TokenOutput.lines(
            "images", "jpg", to, i -> IntStream.range(4 * i, 4 * i + 4).toArray(), 2, 2)
        .subList(from, to);
  }

  /** Sound i has i + 1 steps: level 0 is i, level 1 is i + 1. */
  private static List<TokenOutput.Line> sounds(int from, int to) {
    List<TokenOutput.Line> lines = new ArrayList<>();
    for (int i = from; i < to; i++) {
      int[] ids = new int[2 * (i + 1)];
      Arrays.fill(ids, 0, i + 1, i);
      Arrays.fill(ids, i + 1, ids.length, i + 1);
      lines.add(
          new TokenOutput.Line(
              SampleKey.of(String.format("file:/sounds/%03d.wav", i)), ids, 2, i + 1));
    }
    return lines;
  }

  private ExportFlow.Result export(ExportOptions options) throws IOException {
    return export(options, false);
  }

  private ExportFlow.Result export(ExportOptions options, boolean append) throws IOException {
    return new ExportFlow(
            SparkForTests.session(),
            new ExportFlow.Request(List.of(tokens.uri()), output.toString(), append, options))
        .run();
  }

  private List<List<Integer>> rows(Path folder) {
    List<List<Integer>> rows = new ArrayList<>();
    for (Row row :
        SparkForTests.session()
            .read()
            .parquet(folder.resolve("data").toString())
            .orderBy("name")
            .collectAsList()) {
      rows.add(row.getList(row.fieldIndex("input_ids")));
    }
    return rows;
  }

  private static ExportOptions hf() {
    return ExportOptions.of(ExportFormat.HF);
  }

  @Test
  void doingItAgainDoesNothingAndOtherThingsAreRefused() throws IOException {
    export(hf());
    assertThat(export(hf()).nothingToDo()).isTrue();
    assertThatThrownBy(() -> export(ExportOptions.of(ExportFormat.MDS)))
        .hasMessageContaining("it holds hf of other options");
    assertThatThrownBy(() -> export(hf().template("x=<a>{image}")))
        .hasMessageContaining("it holds an export already (give another --output, or --append");
    tokens.wave("pixels", images(12, 13));
    assertThatThrownBy(() -> export(hf())).hasMessageContaining("it holds an export already");
    output = Path.of(tokens.uri());
    assertThatThrownBy(() -> export(hf()))
        .hasMessageContaining("there is something else in it, the output of tokenize");
  }

  @Test
  void whatIsNewIsAppendedAndNoFileIsRewritten() throws IOException {
    export(hf().template("image=<boi>{image}"));
    List<Path> before = Reading.files(output, "");
    List<byte[]> contents = new ArrayList<>();
    for (Path file : before) {
      contents.add(Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0]);
    }
    tokens.wave("pixels", images(12, 15)).wave("voice", sounds(0, 4));
    ExportFlow.Result more = export(hf().template("image=<boi>{image}"), true);
    assertThat(more.part()).isEqualTo(2);
    assertThat(more.sequences()).isEqualTo(3);
    ExportFlow.Result other = export(hf().template("voice=<boa>{voice}"), true);
    assertThat(other.part()).isEqualTo(3);
    assertThat(other.sequences()).isEqualTo(4);
    assertThat(export(hf().template("voice=<boa>{voice}"), true).nothingToDo()).isTrue();
    for (int i = 0; i < before.size(); i++) {
      if (Files.isRegularFile(before.get(i))) {
        assertThat(Files.readAllBytes(before.get(i))).isEqualTo(contents.get(i));
      }
    }
    Set<List<Integer>> all = new HashSet<>(rows(output));
    assertThat(all).hasSize(12);
    all.addAll(rows(output.resolve("part-0002")));
    assertThat(all).hasSize(15).contains(List.of(0, 57, 58, 59, 60));
    Vocabulary last = vocabulary(output.resolve("part-0003"));
    assertThat(last.codes("pixels")).isEqualTo(vocabulary(output).codes("pixels"));
    assertThat(last.special("boa").orElseThrow().id()).isEqualTo(501);
    assertThat(rows(output.resolve("part-0003"))).contains(List.of(501, 502, 567));
  }

  @Test
  void aSecondTokenizersTokensJoinWithoutOptions() throws IOException {
    export(hf());
    tokens.wave("voice", sounds(0, 4)).wave("pixels", images(12, 13));
    ExportFlow.Result more = export(hf(), true);
    assertThat(more.streams()).containsEntry("pixels", 1L).containsEntry("voice", 4L).hasSize(2);
    assertThat(export(hf(), true).nothingToDo()).isTrue();
    assertThatThrownBy(
            () -> export(hf().template("pixels={pixels}").template("y=<x>{pixels}"), true))
        .hasMessageContaining("(give the new one alone)");
  }

  private static Vocabulary vocabulary(Path folder) throws IOException {
    return VocabularyFile.read(Files.readString(folder.resolve("vocabulary.json")));
  }

  @Test
  void anAttemptThatDiedIsClearedAndDoneAgain() throws IOException {
    export(hf().shardSamples(5));
    List<List<Integer>> expected = rows(output);
    assertThat(expected).hasSize(12);
    // As if the process had died after some files, before the record.
    Files.delete(output.resolve("_tessera/exports/0001/done.json"));
    Files.copy(
        output.resolve("data/shard-000000.parquet"), output.resolve("data/shard-000099.parquet"));
    Files.delete(output.resolve("data/shard-000001.parquet"));
    ExportFlow.Result again = export(hf().shardSamples(5));
    assertThat(again.nothingToDo()).isFalse();
    assertThat(rows(output)).isEqualTo(expected);
    assertThat(output.resolve("data/shard-000099.parquet")).doesNotExist();
    assertThat(export(hf().shardSamples(5)).nothingToDo()).isTrue();
  }

  @Test
  void mixesModalitiesOfOneKeyByATemplate() throws IOException {
    tokens.wave("voice", sounds(0, 12));
    ExportFlow.Result result =
        export(
            hf().key("stem")
                .template("<boi>{image}<eoi>{audio}")
                .textVocabulary(100)
                .special("eoi=7"));
    assertThat(result.sequences()).isEqualTo(12);
    // text 0-99 with eoi 7, boi 100, pixels 101-600, voice 601-664 and 665-728
    assertThat(rows(output))
        .contains(List.of(100, 101, 102, 103, 104, 7, 601, 666))
        .contains(List.of(100, 105, 106, 107, 108, 7, 602, 667, 602, 667));
    List<Row> where =
        SparkForTests.session()
            .read()
            .parquet(output.resolve("_tessera/exports/0001/where").toString())
            .collectAsList();
    assertThat(where).hasSize(24);
    for (Row row : where) {
      int from = row.<Integer>getAs("from");
      assertThat(from).isEqualTo(row.<String>getAs("tokenizer").equals("pixels") ? 1 : 6);
    }
  }

  @Test
  void keysWithoutAllRowsAreRefusedOrSkippedBeforeAnythingIsWritten() throws IOException {
    tokens.wave("voice", sounds(3, 12));
    ExportOptions both = hf().key("stem").template("{image}{audio}");
    assertThatThrownBy(() -> export(both))
        .hasMessageStartingWith("Cannot export: 3 samples cannot be written, nothing was:")
        .hasMessageContaining("Cannot fill the template {image}{audio} for 00");
    assertThat(output).doesNotExist();
    assertThat(export(both.skippingIncomplete()).sequences()).isEqualTo(9);
  }

  @Test
  void nothingIsWrittenWhenASampleIsWrong() throws IOException {
    tokens.wave(
        "pixels",
        List.of(
            new TokenOutput.Line(SampleKey.of("file:/empty.jpg"), new int[0], 0, 2),
            new TokenOutput.Line(SampleKey.of("file:/high.jpg"), new int[] {1, 2, 3, 500}, 2, 2)));
    assertThatThrownBy(() -> export(hf()))
        .hasMessageContaining("Cannot export an empty list of tokens (run verify)")
        .hasMessageContaining("Cannot export id 500 of pixels: level 0 has codes 0 to 499");
    assertThatThrownBy(() -> export(hf().template("<boi>{video}")))
        .hasMessageContaining("there is no {video}");
    assertThat(output).doesNotExist();
  }

  @Test
  void aShardThatIsSmallerThanOneSampleIsRefusedBeforeAnythingIsWritten() {
    assertThatThrownBy(() -> export(ExportOptions.of(ExportFormat.MEGATRON).shardBytes(7)))
        .hasMessageMatching(
            "Cannot write shards of at most 7 bytes: sequence [0-9a-f]{32} alone takes 8 \\(raise"
                + " --shard-bytes\\)");
    assertThat(output).doesNotExist();
  }

  @Test
  void namesThatAreNotUniqueAreRefused() throws IOException {
    tokens.wave("voice", sounds(0, 2));
    assertThatThrownBy(() -> export(ExportOptions.of(ExportFormat.NPY).name("{stem}.npy")))
        .hasMessageStartingWith("Cannot name files by {stem}.npy: several sequences would be [00");
    assertThat(output).doesNotExist();
  }

  private List<String> order(ExportOptions options) throws IOException {
    output = directory.resolve("order-" + Files.list(directory).count());
    export(options);
    List<String> keys = new ArrayList<>();
    for (Path file : Reading.files(output, ".jsonl")) {
      Files.readAllLines(file).forEach(line -> keys.add(line.substring(8, 40)));
    }
    return keys;
  }

  @Test
  void theOrderDependsOnTheSeedOnly() throws IOException {
    List<String> first = order(ExportOptions.of(ExportFormat.JSONL).seed(1));
    List<String> other = order(ExportOptions.of(ExportFormat.JSONL).seed(2));
    List<String> small = order(ExportOptions.of(ExportFormat.JSONL).seed(1).shardSamples(2));
    assertThat(first).hasSize(12).doesNotHaveDuplicates();
    assertThat(other).containsExactlyInAnyOrderElementsOf(first).isNotEqualTo(first);
    assertThat(small).isEqualTo(first);
  }

  @Test
  void sequencesOfOneLengthBucketShareShards() throws IOException {
    tokens.wave("voice", sounds(0, 12));
    export(ExportOptions.of(ExportFormat.JSONL).template("{voice}").bucket(8).bucket(16));
    List<Path> files = Reading.files(output, ".jsonl");
    assertThat(files)
        .extracting(file -> file.getFileName().toString())
        .containsExactly(
            "over000016-shard-000002.jsonl",
            "upto000008-shard-000000.jsonl",
            "upto000016-shard-000001.jsonl");
    assertThat(Files.readAllLines(files.get(1))).hasSize(4);
    assertThat(Files.readAllLines(files.get(2))).hasSize(4);
    assertThat(Files.readAllLines(files.get(0))).hasSize(4);
  }

  @Test
  void packsDocumentsWithTheirBoundaries() throws IOException {
    tokens.wave("voice", sounds(0, 12));
    ExportFlow.Result result =
        export(
            hf().template("{voice}")
                .around("bos", "eos")
                .pad("pad")
                .pack(32)
                .column("document_lengths")
                .column("position_ids")
                .column("attention_mask")
                .column("labels"));
    // 2 (i + 1) ids and two around them, 12 documents
    int ids = 12 * 2 + 12 * 13;
    List<Row> rows =
        SparkForTests.session().read().parquet(output.resolve("data").toString()).collectAsList();
    assertThat(result.sequences()).isEqualTo(rows.size()).isBetween(6L, 7L);
    int seen = 0;
    for (Row row : rows) {
      List<Integer> input = row.getList(row.fieldIndex("input_ids"));
      List<Integer> positions = row.getList(row.fieldIndex("position_ids"));
      List<Integer> labels = row.getList(row.fieldIndex("labels"));
      List<Integer> mask = row.getList(row.fieldIndex("attention_mask"));
      assertThat(input).hasSize(32);
      int at = 0;
      for (Integer length : row.<Integer>getList(row.fieldIndex("document_lengths"))) {
        assertThat(input.get(at)).isZero();
        assertThat(input.get(at + length - 1)).isEqualTo(1);
        assertThat(positions.get(at)).isZero();
        assertThat(positions.get(at + length - 1)).isEqualTo(length - 1);
        at += length;
      }
      seen += at;
      assertThat(input.subList(at, 32)).allMatch(id -> id == 2);
      assertThat(labels.subList(at, 32)).allMatch(id -> id == -100);
      assertThat(labels.subList(0, at)).isEqualTo(input.subList(0, at));
      assertThat(mask)
          .isEqualTo(
              IntStream.range(0, 32)
                  .mapToObj(
                      i ->
                          i
                                  < row
                                      .<Integer>getList(row.fieldIndex("document_lengths"))
                                      .stream()
                                      .mapToInt(Integer::intValue)
                                      .sum()
                              ? 1
                              : 0)
                  .toList());
    }
    assertThat(seen).isEqualTo(ids);
  }

  @Test
  void weighsSources() throws IOException {
    tokens.wave("voice", sounds(0, 12));
    ExportFlow.Result result =
        export(hf().template("a={image}").template("b={voice}").weight("a", 3).weight("b", 0.5));
    assertThat(result.streams().get("a")).isEqualTo(36);
    assertThat(result.streams().get("b")).isBetween(2L, 10L);
    assertThat(new HashSet<>(rows(output)).size()).isEqualTo(12 + result.streams().get("b"));
  }
}
