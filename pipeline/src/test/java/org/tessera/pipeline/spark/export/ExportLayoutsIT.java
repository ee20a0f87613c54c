package org.tessera.pipeline.spark.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.udf.sample.SampleKey;

/** The variants of formats that one trainer reads, and compressed ones, as they lie on disk. */
class ExportLayoutsIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TokenLayout GRID =
      new TokenLayout(List.of("row", "column"), List.of(2, 2), List.of(500), "", List.of());
  private static final TokenLayout LEVELS =
      new TokenLayout(List.of("level", "time"), List.of(2, -1), List.of(64), "level", List.of());
  private static final int IMAGES = 5;
  private static final int CROPS = 3;

  @TempDir Path directory;
  private TokenOutput tokens;

  @BeforeEach
  void writeTokens() throws IOException {
    tokens =
        new TokenOutput(directory.resolve("tokens"))
            .tokenizer("pixels", Modality.IMAGE, GRID)
            .tokenizer("voice", Modality.AUDIO, LEVELS);
  }

  /** Crop c of image i has the ids 20 i + 4 c and the three after it. */
  private static int[] ids(int image, int crop) {
    int first = 20 * image + 4 * crop;
    return IntStream.range(first, first + 4).toArray();
  }

  private void writeCrops() throws IOException {
    List<TokenOutput.Line> lines = new ArrayList<>();
    for (int image = 0; image < IMAGES; image++) {
      for (int crop = 0; crop < CROPS; crop++) {
        SampleKey key = new SampleKey("file:/photos/p" + image + ".jpg", "", crop, -1);
        lines.add(
            new TokenOutput.Line(key, ids(image, crop), 2, 2)
                .label("class_id", Integer.toString(100 + image))
                .note("resized_width", 40)
                .note("resized_height", 30)
                .note("crop_left", crop)
                .note("crop_top", 2 * crop)
                .note("crop_width", 24)
                .note("crop_height", 24)
                .note("flipped", crop == 2));
      }
    }
    tokens.wave("pixels", lines);
  }

  private Path export(ExportOptions options) throws IOException {
    Path output = directory.resolve("export-" + Files.list(directory).count());
    new ExportFlow(
            SparkForTests.session(),
            new ExportFlow.Request(List.of(tokens.uri()), output.toString(), false, options))
        .run();
    return output;
  }

  private static Reading.Array npy(Path file) throws IOException {
    return Reading.npy(Files.readAllBytes(file));
  }

  @Test
  void fourMStacksCropsBesideTheirSettings() throws IOException {
    writeCrops();
    Path output =
        export(
            ExportOptions.of(ExportFormat.NPY)
                .layout("4m")
                .key("source")
                .name("train/tok/{stem}.npy"));

    assertThat(Reading.files(output, ".npy")).hasSize(2 * IMAGES);
    for (int image = 0; image < IMAGES; image++) {
      Reading.Array codes = npy(output.resolve("train/tok/p" + image + ".npy"));
      assertThat(codes.type()).isEqualTo("<i2");
      assertThat(codes.shape()).containsExactly(CROPS, 4);
      Reading.Array settings = npy(output.resolve("crop_settings/train/tok/p" + image + ".npy"));
      assertThat(settings.type()).isEqualTo("<i4");
      assertThat(settings.shape()).containsExactly(CROPS, 5);
      for (int crop = 0; crop < CROPS; crop++) {
        assertThat(Arrays.copyOfRange(codes.values(), 4 * crop, 4 * crop + 4))
            .isEqualTo(ids(image, crop));
        assertThat(Arrays.copyOfRange(settings.values(), 5 * crop, 5 * crop + 5))
            .containsExactly(2 * crop, crop, 24, 24, crop == 2 ? 1 : 0);
      }
    }
  }

  @Test
  void llamaGenHasAnAxisForAugmentationsAndLabelsBeside() throws IOException {
    writeCrops();
    Path output =
        export(
            ExportOptions.of(ExportFormat.NPY)
                .layout("llamagen")
                .key("source")
                .label("class_id")
                .name("imagenet_codes/{index}.npy"));

    List<Integer> images = new ArrayList<>();
    for (int index = 0; index < IMAGES; index++) {
      Reading.Array codes = npy(output.resolve("imagenet_codes/" + index + ".npy"));
      assertThat(codes.type()).isEqualTo("<i8");
      assertThat(codes.shape()).containsExactly(1, CROPS, 4);
      int image = codes.values()[0] / 20;
      images.add(image);
      for (int crop = 0; crop < CROPS; crop++) {
        assertThat(Arrays.copyOfRange(codes.values(), 4 * crop, 4 * crop + 4))
            .isEqualTo(ids(image, crop));
      }
      Reading.Array label = npy(output.resolve("labels/imagenet_codes/" + index + ".npy"));
      assertThat(label.type()).isEqualTo("<i8");
      assertThat(label.shape()).containsExactly(1);
      assertThat(label.values()).containsExactly(100 + image);
    }
    assertThat(images).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }

  @Test
  void rowsOfDifferentLengthsCannotBeStacked() throws IOException {
    tokens.wave(
        "voice",
        List.of(
            new TokenOutput.Line(new SampleKey("file:/a.wav", "", 0, -1), new int[4], 2, 2),
            new TokenOutput.Line(new SampleKey("file:/a.wav", "", 1, -1), new int[6], 2, 3)));

    assertThatThrownBy(() -> export(ExportOptions.of(ExportFormat.NPY).layout("4m").key("source")))
        .hasMessageContaining("Cannot stack the rows of")
        .hasMessageContaining("they have [4, 6] ids");
    assertThat(directory.resolve("export-1")).doesNotExist();
  }

  @Test
  void fishSpeechHasLevelsFirst() throws IOException {
    tokens.wave(
        "voice",
        List.of(
            new TokenOutput.Line(
                SampleKey.of("file:/talk.wav"), new int[] {1, 2, 3, 11, 12, 13}, 2, 3)));
    Path output =
        export(ExportOptions.of(ExportFormat.NPY).layout("fish-speech").name("{stem}.npy"));

    Reading.Array codes = npy(output.resolve("talk.npy"));
    assertThat(codes.type()).isEqualTo("<i8");
    assertThat(codes.shape()).containsExactly(2, 3);
    // Levels have ids of their own unless --offsets shared asks otherwise.
    assertThat(codes.values()).containsExactly(1, 2, 3, 75, 76, 77);
  }

  @Test
  void megatronMarksEachSpanByItsMode() throws IOException {
    List<TokenOutput.Line> images = new ArrayList<>();
    List<TokenOutput.Line> sounds = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      images.add(new TokenOutput.Line(SampleKey.of("file:/a/" + i + ".jpg"), ids(i, 0), 2, 2));
      sounds.add(
          new TokenOutput.Line(SampleKey.of("file:/b/" + i + ".wav"), new int[] {i, i + 1}, 2, 1));
    }
    tokens.wave("pixels", images).wave("voice", sounds);
    Path output =
        export(
            ExportOptions.of(ExportFormat.MEGATRON)
                .layout("modes")
                .key("stem")
                .template("<boi>{image}<eoi>{audio}"));

    // boi 0, eoi 1, pixels from 2, voice from 502 and 566: three kinds of spans a document.
    Reading.Megatron dataset = Reading.megatron(output.resolve("shard-000000.idx"));
    assertThat(dataset.documents()).containsExactly(0, 4, 8, 12, 16);
    assertThat(dataset.modes()).hasSize(16);
    for (int document = 0; document < 4; document++) {
      List<int[]> spans = dataset.sequences().subList(4 * document, 4 * document + 4);
      int i = spans.get(3)[0] - 502;
      assertThat(spans.get(0)).containsExactly(0);
      assertThat(spans.get(1)).isEqualTo(Arrays.stream(ids(i, 0)).map(id -> id + 2).toArray());
      assertThat(spans.get(2)).containsExactly(1);
      assertThat(spans.get(3)).containsExactly(502 + i, 566 + i + 1);
      assertThat(Arrays.copyOfRange(dataset.modes(), 4 * document, 4 * document + 4))
          .containsExactly(0, 1, 0, 2);
    }
  }

  @Test
  void gzipGivesTheSameRows() throws IOException {
    writeCrops();
    ExportOptions lines = ExportOptions.of(ExportFormat.JSONL).shardSamples(4);
    Path plain = export(lines);
    Path zipped = export(ExportOptions.of(ExportFormat.JSONL).shardSamples(4).compression("gzip"));
    List<Path> files = Reading.files(plain, ".jsonl");
    assertThat(files).hasSize(4);
    for (Path file : files) {
      try (InputStream in =
          new GZIPInputStream(
              Files.newInputStream(zipped.resolve(plain.relativize(file) + ".gz")))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .isEqualTo(Files.readString(file));
      }
    }
    Path shards = export(ExportOptions.of(ExportFormat.MDS).compression("gzip").shardBytes(600));
    Map<String, int[]> found = new HashMap<>();
    for (Map<String, Object> row : Reading.mds(shards)) {
      found.put((String) row.get("name"), (int[]) row.get("input_ids"));
    }
    assertThat(found).hasSize(IMAGES * CROPS);
    assertThat(found.get(new SampleKey("file:/photos/p3.jpg", "", 1, -1).id()))
        .isEqualTo(ids(3, 1));
    for (JsonNode shard : JSON.readTree(shards.resolve("index.json").toFile()).path("shards")) {
      assertThat(shard.path("compression").asText()).isEqualTo("gz");
      assertThat(shard.path("zip_data").path("basename").asText()).endsWith(".mds.gz");
    }
  }

  @Test
  void missingLevelsAreRefusedBeforeAnythingIsWritten() throws IOException {
    tokens.wave(
        "voice",
        List.of(
            new TokenOutput.Line(SampleKey.of("file:/kept.wav"), new int[] {1, 2, -1, -1}, 2, 2)));

    assertThatThrownBy(() -> export(ExportOptions.of(ExportFormat.JSONL)))
        .hasMessageContaining("Cannot export id -1 of voice")
        .hasMessageContaining("-1 is a dropped id: keep fewer levels");
    assertThatThrownBy(
            () ->
                export(
                    ExportOptions.of(ExportFormat.JSONL).flatten("voice", "interleaved:level=3")))
        .hasMessageContaining("Cannot keep 3 of level: there are 2 (keep at most that many)");
    assertThat(directory.resolve("export-1")).doesNotExist();
    Path first =
        export(ExportOptions.of(ExportFormat.JSONL).flatten("voice", "interleaved:level=1"));
    assertThat(Files.readString(first.resolve("shard-000000.jsonl"))).contains("[1,2]");
  }
}
