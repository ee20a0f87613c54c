package org.tessera.pipeline.spark;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.udf.spark.ModelSettings;

/** Small images whose tokens can be computed by hand, and calls of the main job on them. */
final class Corpus {
  private final SparkSession spark = SparkForTests.session();
  private final Path bundle;

  Corpus(Path bundle) {
    this.bundle = bundle;
  }

  /** A square of one grey, 0 to 255. */
  static Path image(Path file, int grey) throws IOException {
    Files.createDirectories(file.getParent());
    BufferedImage image = new BufferedImage(40, 40, BufferedImage.TYPE_INT_RGB);
    int colour = new Color(grey, grey, grey).getRGB();
    for (int y = 0; y < 40; y++) {
      for (int x = 0; x < 40; x++) {
        image.setRGB(x, y, colour);
      }
    }
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  /** An image of 32 by 32 pixels: red, green and blue of each. */
  static void ppm(Path file, byte[] pixels) throws IOException {
    byte[] header = "P6 32 32 255\n".getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(header, header.length + pixels.length);
    System.arraycopy(pixels, 0, all, header.length, pixels.length);
    Files.write(file, all);
  }

  /** Images a-000.png and so on, of all greys in turn. */
  static void images(Path folder, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      image(folder.resolve(String.format(Locale.ROOT, "a-%03d.png", i)), i * 16 % 256);
    }
  }

  /** A request with waves of so many inputs. */
  TokenizeRequest request(Path out, int waveInputs, RunRules rules, String... inputs) {
    return request(out.toString(), waveInputs, rules, inputs);
  }

  TokenizeRequest request(String out, int waveInputs, RunRules rules, String... inputs) {
    return TokenizeRequest.of(List.of(inputs), bundle.toString(), out)
        .waveInputs(waveInputs)
        .tasks(2)
        .model(ModelSettings.CPU)
        .rules(rules)
        .build();
  }

  TokenizeResult tokenize(TokenizeRequest request) throws IOException {
    return tokenize(request, TokenizeListener.NONE);
  }

  TokenizeResult tokenize(TokenizeRequest request, TokenizeListener listener) throws IOException {
    return new TokenizeFlow(spark, request, listener).run();
  }

  List<String> verify(Path out) throws IOException {
    return new VerifyFlow(spark, out.toString()).run().findings();
  }

  /** File name and first token of each row, sorted. */
  List<String> tokens(Path out) throws IOException {
    return Tables.open(spark, out.toString())
        .tokens()
        .map(
            table ->
                table
                    .selectExpr(
                        "concat(regexp_extract(uri, '([^/]+)$', 1), ' ', tokens[0]) as line")
                    .collectAsList()
                    .stream()
                    .map(row -> row.getString(0))
                    .sorted()
                    .toList())
        .orElse(List.of());
  }

  /** File name and code of each reject row, sorted. */
  List<String> rejects(Path out) throws IOException {
    return Tables.open(spark, out.toString())
        .rejects()
        .map(
            table ->
                table
                    .selectExpr("concat(regexp_extract(uri, '([^/]+)$', 1), ' ', code) as line")
                    .collectAsList()
                    .stream()
                    .map((Row row) -> row.getString(0))
                    .sorted()
                    .toList())
        .orElse(List.of());
  }

  /** Does something when the plan is frozen and before its first wave. */
  static TokenizeListener whenPlanned(Action action) {
    return new TokenizeListener() {
      @Override
      public void started(
          org.tessera.pipeline.ledger.RunManifest run,
          org.tessera.pipeline.ledger.Counts committed,
          Progress progress) {
        try {
          action.run();
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }

      @Override
      public void waveDone(
          org.tessera.pipeline.ledger.WaveRecord wave, org.tessera.pipeline.ledger.Counts total) {}
    };
  }

  /** Something that may fail. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }
}
