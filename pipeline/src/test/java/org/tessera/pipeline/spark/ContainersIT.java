package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.udf.spark.ModelSettings;

/** The same thousand samples in five containers and a manifest give the same table. */
class ContainersIT {
  private static final int SAMPLES = 1000;

  @TempDir private static Path shared;
  private static final SortedMap<String, byte[]> FILES = new TreeMap<>();
  private static final SparkSession SPARK = SparkForTests.session();

  @TempDir private Path temp;

  @BeforeAll
  static void samples() throws Exception {
    TinyImageBundle.write(shared.resolve("tiny.bundle"), "tiny");
    Random random = new Random(11);
    for (int i = 0; i < SAMPLES; i++) {
      BufferedImage image = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
      for (int y = 0; y < 36; y += 6) {
        for (int x = 0; x < 40; x += 8) {
          int colour = random.nextInt(1 << 24);
          for (int p = 0; p < 48; p++) {
            image.setRGB(x + p % 8, y + p / 8, colour);
          }
        }
      }
      ByteArrayOutputStream png = new ByteArrayOutputStream();
      ImageIO.write(image, "png", png);
      FILES.put(String.format(Locale.ROOT, "s%04d.png", i), png.toByteArray());
    }
  }

  @Test
  void fiveContainersGiveOneTable() throws Exception {
    Path loose = Files.createDirectories(temp.resolve("loose"));
    for (var file : FILES.entrySet()) {
      Files.write(loose.resolve(file.getKey()), file.getValue());
    }
    List<String> expected = table("loose", List.of(loose.toString()), List.of());
    assertThat(expected).hasSize(SAMPLES);

    assertThat(table("tar", List.of(tars().toString()), List.of())).isEqualTo(labelled(expected));
    assertThat(table("gz", List.of(gzip().toString()), List.of())).isEqualTo(labelled(expected));
    assertThat(table("zip", List.of(zip().toString()), List.of())).isEqualTo(labelled(expected));
    assertThat(table("parquet", List.of(parquet().toString()), List.of()))
        .isEqualTo(labelled(expected));
    assertThat(table("manifest", List.of(), List.of(manifest(loose).toString())))
        .isEqualTo(labelled(expected));
  }

  @Test
  void containersUnderOtherNamesAreFoundByContent() throws Exception {
    Path renamed = temp.resolve("shard.bin");
    Files.copy(gzip(), renamed);

    assertThat(table("renamed", List.of(renamed.toString()), List.of())).hasSize(SAMPLES);
  }

  @Test
  void aManifestMustNameItsInputs() throws IOException {
    Path manifest = temp.resolve("list.csv");
    Files.writeString(manifest, "url,label\na.png,cat\n");
    assertThatThrownBy(() -> table("none", List.of(), List.of(manifest.toString())))
        .hasMessageContaining("it has no column uri (did you mean url?)");
    Files.writeString(manifest, "uri;label\na.png;cat\n");
    assertThatThrownBy(() -> table("none", List.of(), List.of(manifest.toString())))
        .hasMessageEndingWith("it has no column uri (choose one of uri;label)");
    Files.writeString(manifest, "uri,size\na.png,big\n");
    assertThatThrownBy(() -> table("none", List.of(), List.of(manifest.toString())))
        .hasMessageContaining("list.csv, row 1: size is no whole number: big");
    for (String row : List.of("b.png", "b.png,x,y")) {
      Files.writeString(manifest, "uri,label\na.png,cat\n" + row + "\n");
      assertThatThrownBy(() -> table("none", List.of(), List.of(manifest.toString())))
          .hasMessageContaining("list.csv, row 2: it does not have the header's columns")
          .hasMessageEndingWith(row);
    }
    for (String nothing : List.of("", "\n\n", "uri,label\n")) {
      Files.writeString(manifest, nothing);
      assertThatThrownBy(() -> table("none", List.of(), List.of(manifest.toString())))
          .hasMessage(
              "Cannot read manifest " + manifest + ": it names no input (check what wrote it)");
    }
    Path lines = temp.resolve("list.jsonl");
    Files.writeString(lines, "{\"uri\": \"a.png\"}\n{\"uri\": oops\n");
    assertThatThrownBy(() -> table("none", List.of(), List.of(lines.toString())))
        .hasMessageContaining("list.jsonl, row 2: it does not")
        .hasMessageEndingWith("oops");
    Path parquet = Files.writeString(temp.resolve("list.parquet"), "no Parquet at all");
    assertThatThrownBy(() -> table("none", List.of(), List.of(parquet.toString())))
        .hasMessageContaining("Cannot read manifest " + parquet)
        .hasMessageContaining("is not a Parquet file");
  }

  @Test
  void aManifestInUtf16IsRefused() throws IOException {
    for (String name : List.of("list.csv", "list.jsonl")) {
      String text = name.endsWith("csv") ? "uri\na.png\n" : "{\"uri\": \"a.png\"}\n";
      for (String charset : List.of("UTF-16", "UTF-16BE", "UTF-16LE", "x-UTF-16LE-BOM")) {
        Path manifest = Files.write(temp.resolve(name), text.getBytes(Charset.forName(charset)));
        assertThatThrownBy(() -> table("none", List.of(), List.of(manifest.toString())))
            .as(charset)
            .hasMessage("Cannot read manifest " + manifest + ": it is UTF-16 (save it as UTF-8)");
      }
    }
  }

  @Test
  void aManifestMayComeFromASpreadsheetAndNameAnyFile() throws IOException {
    Path names = Files.createDirectories(temp.resolve("names"));
    StringBuilder rows = new StringBuilder("\uFEFFuri,label\r\n\r\n");
    for (String name : List.of("10:20.png", "a#b 5%.png", "what?.png", "a%20b.png")) {
      Files.write(names.resolve(name), FILES.get("s0001.png"));
      rows.append(name).append(",\"a, \"\"b\"\"\"\r\n");
    }
    Path manifest = Files.writeString(names.resolve("list.csv"), rows);
    Path out = temp.resolve("names-out");
    TokenizeResult result = tokenize(out, List.of(), List.of(manifest.toString()));
    assertThat(result.counts().value("tokenized")).isEqualTo(4);
    assertThat(result.counts().rejects()).isEmpty();
  }

  @Test
  void plannedStateIsCheckedWhenItIsRead() throws Exception {
    Files.write(temp.resolve("a.png"), FILES.get("s0001.png"));
    Path manifest = temp.resolve("list.jsonl");
    Files.writeString(
        manifest, "\uFEFF{\"uri\": \"a.png\", \"size\": 1}\n{\"uri\": \"gone.png\"}\n");
    Path out = temp.resolve("out");
    TokenizeResult result = tokenize(out, List.of(), List.of(manifest.toString()));
    assertThat(result.counts().rejects())
        .isEqualTo(java.util.Map.of("fetch/CHANGED", 1L, "fetch/MISSING", 1L));
  }

  private List<String> table(String name, List<String> inputs, List<String> manifests)
      throws IOException {
    Path out = temp.resolve("out-" + name);
    tokenize(out, inputs, manifests);
    assertThat(new VerifyFlow(SPARK, out.toString()).run().findings()).isEmpty();
    List<String> rows = new ArrayList<>();
    for (Row row :
        Tables.open(SPARK, out.toString())
            .tokens()
            .orElseThrow()
            .selectExpr(
                "regexp_extract(concat(uri, '/', member), '(s[0-9]+)[.]png/?$', 1)",
                "content_sha256",
                "array_join(tokens, ' ')",
                "labels['number']")
            .collectAsList()) {
      rows.add(row.mkString(","));
    }
    return rows.stream().sorted().toList();
  }

  private static List<String> labelled(List<String> rows) {
    return rows.stream()
        .map(row -> row.replaceFirst(",null$", "," + Integer.parseInt(row.substring(1, 5))))
        .toList();
  }

  private TokenizeResult tokenize(Path out, List<String> inputs, List<String> manifests)
      throws IOException {
    TokenizeRequest request =
        TokenizeRequest.of(inputs, shared.resolve("tiny.bundle").toString(), out.toString())
            .manifests(manifests)
            .model(ModelSettings.CPU)
            .build();
    return new TokenizeFlow(SPARK, request, TokenizeListener.NONE).run();
  }

  private static byte[] columns(String name) {
    int number = Integer.parseInt(name.substring(1, 5));
    return ("{\"number\": " + number + "}").getBytes(StandardCharsets.UTF_8);
  }

  private Path tars() throws IOException {
    Path folder = Files.createDirectories(temp.resolve("tars"));
    List<String> names = new ArrayList<>(FILES.keySet());
    for (int shard = 0; shard < 4; shard++) {
      try (OutputStream out =
          Files.newOutputStream(folder.resolve("shard-0000" + shard + ".tar"))) {
        writeTar(out, names.subList(shard * SAMPLES / 4, (shard + 1) * SAMPLES / 4));
      }
    }
    return folder;
  }

  private Path gzip() throws IOException {
    Path file = temp.resolve("all.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      writeTar(out, new ArrayList<>(FILES.keySet()));
    }
    return file;
  }

  private static void writeTar(OutputStream out, List<String> names) throws IOException {
    TarArchiveOutputStream tar = new TarArchiveOutputStream(out);
    for (String name : names) {
      put(tar, name, FILES.get(name));
      put(tar, name.replace(".png", ".json"), columns(name));
    }
    tar.finish();
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private Path zip() throws IOException {
    Path file = temp.resolve("all.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String name : FILES.keySet()) {
        zip.putNextEntry(new ZipEntry("in/" + name));
        zip.write(FILES.get(name));
        zip.putNextEntry(new ZipEntry("in/" + name.replace(".png", ".json")));
        zip.write(columns(name));
      }
    }
    return file;
  }

  private Path parquet() {
    List<Row> rows = new ArrayList<>();
    for (String name : FILES.keySet()) {
      rows.add(
          RowFactory.create(
              RowFactory.create(FILES.get(name), name), Long.parseLong(name.substring(1, 5))));
    }
    String folder = temp.resolve("table").toString();
    SPARK
        .createDataFrame(
            rows, StructType.fromDDL("image STRUCT<bytes: BINARY, path: STRING>, number BIGINT"))
        .coalesce(1)
        .write()
        .parquet(folder);
    return Path.of(folder);
  }

  private Path manifest(Path loose) throws IOException {
    StringBuilder csv = new StringBuilder("uri,size,number\n");
    for (var file : FILES.entrySet()) {
      csv.append(
          String.format(
              Locale.ROOT,
              "%s/%s,%d,%d%n",
              loose.getFileName(),
              file.getKey(),
              file.getValue().length,
              Integer.parseInt(file.getKey().substring(1, 5))));
    }
    Path file = temp.resolve("inputs.csv");
    Files.writeString(file, csv);
    return file;
  }
}
