package org.tessera.pipeline.spark.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.spark.TinyImageBundle;
import org.tessera.udf.api.FileTokenizer;
import org.tessera.udf.encode.SampleOutcome;

/** A grey image of shade s has sixteen ids s / 16. */
class BytesTokenizerIT {
  private static final SparkSession SPARK = SparkForTests.session();
  @TempDir static Path directory;
  private static String bundle;

  @BeforeAll
  static void writeBundle() throws Exception {
    bundle = TinyImageBundle.write(directory.resolve("tiny.bundle"), "tiny").toString();
  }

  private static byte[] grey(int shade) throws IOException {
    BufferedImage image = new BufferedImage(40, 32, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(shade, shade, shade));
    graphics.fillRect(0, 0, 40, 32);
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, "png", bytes);
    return bytes.toByteArray();
  }

  private static List<Integer> ids(int shade) {
    return Collections.nCopies(16, shade / 16);
  }

  private static Dataset<Row> images() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int shade = 0; shade < 200; shade += 2) {
      rows.add(RowFactory.create(shade, shade == 20 ? new byte[] {1, 2, 3} : grey(shade)));
    }
    rows.add(RowFactory.create(1000, null));
    return SPARK
        .createDataFrame(rows, StructType.fromDDL("shade INT, content BINARY"))
        .repartition(3);
  }

  @Test
  void aColumnOfBytesBecomesTokensBesideItsRow() throws IOException {
    List<Row> rows =
        BytesTokenizer.open(SPARK, bundle)
            .on("cpu")
            .tokenize(images(), "content", "outcome")
            .selectExpr(
                "shade",
                "outcome.segments[0].tokens",
                "outcome.segments[0].shape",
                "outcome.rejection.code")
            .collectAsList();
    assertThat(rows).hasSize(101);
    for (Row row : rows) {
      int shade = row.getInt(0);
      if (shade == 20 || shade == 1000) {
        assertThat(row.isNullAt(1)).isTrue();
        assertThat(row.getString(3)).isEqualTo(shade == 20 ? "UNKNOWN_FORMAT" : "EMPTY");
      } else {
        assertThat(row.<Integer>getList(1)).isEqualTo(ids(shade));
        assertThat(row.<Integer>getList(2)).containsExactly(4, 4);
        assertThat(row.isNullAt(3)).isTrue();
      }
    }
  }

  @Test
  void sqlHasAFunction() throws IOException {
    TesseraFunctions.register(SPARK);
    images().filter("shade < 40").createOrReplaceTempView("images");
    List<Row> rows =
        SPARK
            .sql(
                "SELECT shade, t.segments[0].tokens, t.rejection.message FROM (SELECT shade,"
                    + " tessera_tokenize(content, '"
                    + bundle
                    + "') AS t FROM images)")
            .collectAsList();
    assertThat(rows).hasSize(20);
    for (Row row : rows) {
      if (row.getInt(0) == 20) {
        assertThat(row.getString(2)).startsWith("Cannot decode content that begins with 01 02 03");
      } else {
        assertThat(row.<Integer>getList(1)).isEqualTo(ids(row.getInt(0)));
      }
    }
    assertThat(
            SPARK
                .sql("SELECT tessera_tokenize(CAST(NULL AS BINARY), '" + bundle + "')")
                .head()
                .isNullAt(0))
        .isTrue();
  }

  @Test
  void extensionsBringTheFunctionToEverySession() throws Exception {
    Path table = directory.resolve("grey");
    images().filter("shade = 32").write().parquet(table.toString());
    String query =
        "SELECT tessera_tokenize(content, '%s').segments[0].tokens[15] FROM parquet.`%s`"
            .formatted(bundle, table);
    Path log = directory.resolve("err.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(argument -> argument.startsWith("--add-opens"))
            .toList());
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            ExtensionsProgram.class.getName(),
            query));
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(log)).isZero();
    assertThat(out.lines()).contains("result 2");
  }

  @Test
  void singleFilesNeedNoSpark() throws IOException {
    Path file = directory.resolve("grey.png");
    Files.write(file, grey(77));
    try (FileTokenizer tokenizer = FileTokenizer.open(Path.of(bundle))) {
      List<SampleOutcome> outcomes = tokenizer.tokenize(file);
      assertThat(outcomes).hasSize(1);
      assertThat(Arrays.stream(outcomes.get(0).tokens().ids()).boxed().toList()).isEqualTo(ids(77));
      assertThat(outcomes.get(0).key().uri()).isEqualTo(file.toUri().toString());
      SampleOutcome bad = tokenizer.tokenize("bad.png", new byte[] {9}).get(0);
      assertThat(bad.isTokenized()).isFalse();
      assertThat(bad.rejection()).hasMessageStartingWith("Cannot decode");
    }
  }

  @Test
  void saysWhichColumnIsWrong() throws IOException {
    BytesTokenizer tokenizer = BytesTokenizer.open(SPARK, bundle);
    Dataset<Row> images = images();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokenizer.tokenize(images, "shade", "t"))
        .withMessage(
            "Cannot tokenize column shade: there is no such column of bytes (there are"
                + " struct<shade:int,content:binary>)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokenizer.tokenize(images, "content", "shade"))
        .withMessage("Cannot add column shade: there is one (give another name)");
  }

  @Test
  void theExamplesOfTheDocumentAreThoseThatRunHere() throws IOException {
    String document = Files.readString(Path.of("API.md"));
    Path source =
        Path.of("src/test/java", getClass().getPackageName().replace('.', '/'), "Examples.java");
    String code = Files.readString(source).replaceAll("\\s+", "");
    List<String> blocks =
        java.util.regex.Pattern.compile("```java\n(.*?)```", java.util.regex.Pattern.DOTALL)
            .matcher(document)
            .results()
            .map(match -> match.group(1).replaceAll("\\s+", ""))
            .toList();
    assertThat(blocks).hasSize(2).allMatch(code::contains);
    Path photos = Files.createDirectories(directory.resolve("photos"));
    Files.write(photos.resolve("a.png"), grey(100));
    assertThat(Examples.column(SPARK, photos.toString(), bundle).count()).isEqualTo(1);
    Examples.file(bundle, photos.resolve("a.png").toString());
  }
}
