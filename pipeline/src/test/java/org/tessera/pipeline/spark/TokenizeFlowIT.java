package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.pipeline.ledger.RejectLimit;
import org.tessera.udf.spark.ModelSettings;

class TokenizeFlowIT {
  private static final int IMAGES = 40;

  @TempDir private static Path shared;
  @TempDir private Path temp;

  private final SparkSession spark = SparkForTests.session();

  @BeforeAll
  static void corpus() throws Exception {
    TinyImageBundle.write(shared.resolve("tiny.bundle"), "tiny");
    writeImages(shared.resolve("images"), IMAGES);
    Path bad = Files.createDirectories(shared.resolve("bad"));
    Files.write(bad.resolve("empty.png"), new byte[0]);
    Files.writeString(bad.resolve("page.jpg"), "<html>404</html>");
    byte[] whole = Files.readAllBytes(shared.resolve("images/grey-018.png"));
    Files.write(bad.resolve("half.png"), java.util.Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(bad.resolve(".hidden"), "not an input");
  }

  @Test
  void everyInputIsTokenizedOrRejected() throws Exception {
    TokenizeResult result = tokenize(request(temp.resolve("out"), "images", "bad"));

    assertThat(result.counts().value("tokenized")).isEqualTo(IMAGES);
    assertThat(result.counts().rejects())
        .isEqualTo(
            java.util.Map.of(
                "fetch/EMPTY", 1L, "decode/TRUNCATED", 1L, "decode/UNKNOWN_FORMAT", 1L));
    assertThat(result.run().skipped()).isEqualTo(1);
    assertThat(verify(temp.resolve("out"))).isEmpty();
    for (Row row : tokens(temp.resolve("out"))) {
      int grey = Integer.parseInt(row.getString(0).replaceAll(".*grey-(\\d+).png", "$1"));
      assertThat(row.getList(1)).hasSize(16).containsOnly(grey / 16);
      assertThat(row.getList(2)).isEqualTo(List.of(4, 4));
    }
  }

  @Test
  void whatTasksDidIsInSparksMetrics() throws Exception {
    tokenize(request(temp.resolve("first"), "bad"));
    long tokenized = metric("tokenized");
    long rejected = metric("rejected");

    tokenize(request(temp.resolve("second"), "images", "bad"));

    assertThat(metric("tokenized") - tokenized).isEqualTo(IMAGES);
    assertThat(metric("rejected") - rejected).isEqualTo(3);
    assertThat(metric("infer_ns")).isPositive();
  }

  private static long metric(String name) {
    return SparkEnv.get()
        .metricsSystem()
        .getSourcesByName("tessera")
        .head()
        .metricRegistry()
        .counter(name)
        .getCount();
  }

  @Test
  void theSameCallAgainDoesNothing() throws Exception {
    Path out = temp.resolve("out");
    tokenize(request(out, "images"));

    TokenizeResult again = tokenize(request(out, "images"));

    assertThat(again.wavesDone()).isZero();
    assertThat(verify(out)).isEmpty();
  }

  @Test
  void newFilesAreAddedAlone() throws Exception {
    Path out = temp.resolve("out");
    Path images = temp.resolve("images");
    writeImages(images, 5);
    tokenize(request(out, images.toString()));
    writeImages(images, 8);

    TokenizeResult second = tokenize(request(out, images.toString()));

    assertThat(second.counts().value("tokenized")).isEqualTo(3);
    assertThat(second.run().unchanged()).isEqualTo(5);
    assertThat(verify(out)).isEmpty();
  }

  @Test
  void anUnfinishedRunIsFinished() throws Exception {
    Path out = temp.resolve("out");
    TokenizeRequest inWaves = withWaves(request(out, "images"), 10);
    assertThatThrownBy(() -> new TokenizeFlow(spark, inWaves, failAfterWave(2)).run())
        .hasMessage("stopped by the test");
    assertThat(verify(out)).anyMatch(finding -> finding.contains("2 of 4 waves"));

    TokenizeResult rest = tokenize(inWaves);

    assertThat(rest.wavesDone()).isEqualTo(2);
    assertThat(rest.counts().value("tokenized")).isEqualTo(IMAGES);
    assertThat(verify(out)).isEmpty();
  }

  @Test
  void idsDependNeitherOnBatchesNorOnPartitions() throws Exception {
    List<String> reference = null;
    for (int[] setting : new int[][] {{1, 1}, {32, 1}, {1, 7}, {32, 7}, {5, 3}}) {
      Path out = temp.resolve("out-" + setting[0] + "-" + setting[1]);
      tokenize(withBatch(request(out, "images"), setting[0], setting[1]));
      List<String> rows = tokens(out).stream().map(Row::toString).sorted().toList();
      if (reference == null) {
        reference = rows;
      }
      assertThat(rows).isEqualTo(reference);
    }
  }

  @Test
  void anotherTokenizerIsRefused() throws Exception {
    Path out = temp.resolve("out");
    tokenize(request(out, "images"));
    Path other = TinyImageBundle.write(temp.resolve("other.bundle"), "other");

    assertThatThrownBy(() -> tokenize(withBundle(request(out, "images"), other)))
        .hasMessageContaining("Cannot add tokens of other: the output holds tokens of tiny");
  }

  @Test
  void aRunStopsWhenTooManyAreRejected() throws Exception {
    TokenizeRequest base = request(temp.resolve("out"), "bad");
    TokenizeResult result =
        tokenize(base.but().rules(RunRules.DEFAULT.withLimit(new RejectLimit(0.5, 1, 1))).build());

    assertThat(result.rejectLimitExceeded()).isTrue();
    assertThat(verify(temp.resolve("out"))).isEmpty();
  }

  @Test
  void verifyNamesTheWaveOfADamage() throws Exception {
    Path out = temp.resolve("out");
    tokenize(withWaves(request(out, "images"), 20));
    Path wave = out.resolve("tokens/modality=image/tokenizer=tiny/run=run-0001/wave=2");
    Path part;
    try (var files = Files.list(wave)) {
      part = files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Files.copy(part, wave.resolve("copy.parquet"));
    assertThat(verify(out))
        .anyMatch(
            finding -> finding.matches("wave 2 of run-0001: .*copy.parquet is not in the ledger"));
    Files.delete(wave.resolve("copy.parquet"));
    Files.delete(part);
    assertThat(verify(out))
        .anyMatch(finding -> finding.matches("wave 2 of run-0001: .*\\.parquet is missing"));
  }

  @Test
  void missingInputsAndBundlesAreErrors() {
    Path out = temp.resolve("out");
    assertThatThrownBy(() -> tokenize(request(out, "nowhere")))
        .hasMessageContaining("nowhere: nothing is there");
    assertThatThrownBy(
            () -> tokenize(withBundle(request(out, "images"), temp.resolve("no.bundle"))))
        .hasMessageContaining("no.bundle: nothing is there");
  }

  private TokenizeResult tokenize(TokenizeRequest request) throws IOException {
    return new TokenizeFlow(spark, request, TokenizeListener.NONE).run();
  }

  private List<String> verify(Path out) throws IOException {
    return new VerifyFlow(spark, out.toString()).run().findings();
  }

  private List<Row> tokens(Path out) throws IOException {
    return Tables.open(spark, out.toString())
        .tokens()
        .orElseThrow()
        .select("uri", "tokens", "shape", "sample_id", "content_sha256")
        .collectAsList();
  }

  private static TokenizeRequest request(Path out, String... inputs) {
    List<String> uris = new ArrayList<>();
    for (String input : inputs) {
      uris.add(shared.resolve(input).toString());
    }
    return TokenizeRequest.of(uris, shared.resolve("tiny.bundle").toString(), out.toString())
        .model(ModelSettings.CPU)
        .build();
  }

  private static TokenizeRequest withWaves(TokenizeRequest base, int waveInputs) {
    return base.but().waveInputs(waveInputs).build();
  }

  private static TokenizeRequest withBatch(TokenizeRequest base, int batch, int tasks) {
    return base.but().tasks(tasks).encode(base.encode().withBatch(batch)).build();
  }

  private static TokenizeRequest withBundle(TokenizeRequest base, Path bundle) {
    return base.but().bundle(bundle.toString()).build();
  }

  private static TokenizeListener failAfterWave(int last) {
    return new TokenizeListener() {
      @Override
      public void started(
          org.tessera.pipeline.ledger.RunManifest run,
          org.tessera.pipeline.ledger.Counts committed,
          Progress progress) {}

      @Override
      public void waveDone(
          org.tessera.pipeline.ledger.WaveRecord wave, org.tessera.pipeline.ledger.Counts total) {
        if (wave.wave() == last) {
          throw new IllegalStateException("stopped by the test");
        }
      }
    };
  }

  /** Grey squares of 40 × 48 pixels; the name says the grey. */
  private static void writeImages(Path folder, int count) throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < count; i++) {
      int grey = i * 6 % 256;
      Path file = folder.resolve(String.format("grey-%03d.png", grey));
      if (!Files.exists(file)) {
        BufferedImage image = new BufferedImage(40, 48, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 48; y++) {
          for (int x = 0; x < 40; x++) {
            image.setRGB(x, y, new Color(grey, grey, grey).getRGB());
          }
        }
        ImageIO.write(image, "png", file.toFile());
      }
    }
  }
}
