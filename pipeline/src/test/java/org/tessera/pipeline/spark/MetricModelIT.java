package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.npy.Npy;
import org.tessera.model.npy.NpyArray;
import org.tessera.udf.spark.ModelSettings;

/**
 * Reconstructions measured by a model of the user's own: here the mean colour of each quarter of an
 * image, so that a test can compute the features by hand.
 */
class MetricModelIT {
  private static final int IMAGES = 24;

  @TempDir private Path temp;

  private final SparkSession spark = SparkForTests.session();

  @BeforeEach
  void tokenize() throws Exception {
    TinyImageBundle.write(temp.resolve("tiny.bundle"), "tiny");
    Files.createDirectories(temp.resolve("images"));
    Random random = new Random(4);
    for (int i = 0; i < IMAGES; i++) {
      byte[] pixels = new byte[32 * 32 * 3];
      random.nextBytes(pixels);
      for (int p = 0; p < pixels.length; p++) {
        pixels[p] = (byte) ((pixels[p] & 0x3f) + 6 * i);
      }
      Corpus.ppm(temp.resolve("images").resolve("image-" + i + ".ppm"), pixels);
    }
    TokenizeRequest request =
        TokenizeRequest.of(
                List.of(temp.resolve("images").toString()),
                temp.resolve("tiny.bundle").toString(),
                temp.resolve("out").toString())
            .model(ModelSettings.CPU)
            .build();
    new TokenizeFlow(spark, request, TokenizeListener.NONE).run();
  }

  /**
   * Latents of two by two positions and three colours, 0 to 1.
   *
   * @param masked whether it keeps only those quarters with more red than the image has, and NaN
   *     stands for the others
   */
  private Path quarters(boolean masked) throws Exception {
    Path target = temp.resolve("quarters.bundle");
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        BundleWriter writer = BundleWriter.to(target)) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> images =
          tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, 32, 32, 3)));
      var parts = tf.reshape(tf.dtypes.cast(images, TFloat32.class), tf.array(-1, 2, 16, 2, 16, 3));
      Operand<TFloat32> latents =
          tf.reshape(
              tf.math.div(tf.math.mean(parts, tf.array(2, 4)), tf.constant(255f)),
              tf.array(-1, 4, 3));
      var red = tf.gather(latents, tf.constant(0), tf.constant(2));
      var kept =
          tf.math.greater(red, tf.expandDims(tf.math.mean(red, tf.constant(1)), tf.constant(1)));
      if (masked) {
        latents = tf.select(tf.expandDims(kept, tf.constant(2)), latents, tf.constant(Float.NaN));
      }
      SavedModels.export(
          session,
          writer,
          Signature.builder("encode")
              .input("images", images)
              .output("latents", latents)
              .output("kept", kept)
              .build());
      Map<String, String> outputs =
          masked ? Map.of("latents", "latents", "kept", "kept") : Map.of("latents", "latents");
      TokenizerManifest.Builder manifest =
          TokenizerManifest.builder("quarters", Modality.IMAGE)
              .model(
                  ModelSpec.of(
                      "tensorflow",
                      "model",
                      SignatureSpec.of("encode", Map.of("signal", "images"), outputs)))
              .output(ModelOutput.LATENTS)
              .step(new Step("resize_center_crop", new TreeMap<>(Map.of("size", 32))))
              .layout(new TokenLayout(List.of("position"), List.of(4), List.of(), "", List.of()))
              .licence("Apache-2.0");
      writer.finish(masked ? quantized(writer, manifest) : manifest);
    }
    return target;
  }

  /** A metric model may be an encoder; this one makes tokens, too. */
  private static TokenizerManifest.Builder quantized(
      BundleWriter writer, TokenizerManifest.Builder manifest) throws IOException {
    Npy.write(
        writer.directory().resolve("codebook.npy"),
        NpyArray.of(new float[] {0, 0, 0, 1, 1, 1}, 2, 3));
    Map<String, Object> parameters =
        Map.of(
            "codebook", "codebook.npy",
            "metric", "euclidean",
            "normalise", "none",
            "dequantise", "stored");
    return manifest
        .quantizer(new QuantizerSpec("vq", new TreeMap<>(parameters)))
        .layout(new TokenLayout(List.of("position"), List.of(4), List.of(2), "", List.of()));
  }

  private ReconstructFlow.Report reconstruct(Path metricModel) throws IOException {
    return new ReconstructFlow(
            spark,
            new ReconstructFlow.Request(
                temp.resolve("out").toString(),
                temp.resolve("tiny.bundle").toString(),
                temp.resolve("look").toString(),
                0,
                1,
                metricModel.toString(),
                ModelSettings.CPU))
        .run();
  }

  @Test
  void featuresOfEachSampleAreKeptAndTheirDistanceIsThatOfTheDefinition() throws Exception {
    ReconstructFlow.Report report = reconstruct(quarters(false));

    assertThat(report.segments()).isEqualTo(IMAGES);
    List<Row> rows =
        spark
            .read()
            .parquet(temp.resolve("look/metrics").toString())
            .select("features.original", "features.decoded", "metrics")
            .collectAsList();
    assertThat(rows).hasSize(IMAGES);
    double[][] original = new double[IMAGES][];
    double[][] decoded = new double[IMAGES][];
    for (int i = 0; i < IMAGES; i++) {
      original[i] = rows.get(i).<Float>getList(0).stream().mapToDouble(v -> v).toArray();
      decoded[i] = rows.get(i).<Float>getList(1).stream().mapToDouble(v -> v).toArray();
      assertThat(original[i]).hasSize(3);
      // Every pixel is decoded as the middle of its patch's sixteenth: all colours alike.
      assertThat(decoded[i][0]).isEqualTo(decoded[i][2]).isBetween(8 / 255.0, 1.0);
      double rmse = 0;
      for (int j = 0; j < 3; j++) {
        rmse += Math.pow(original[i][j] - decoded[i][j], 2) / 3;
      }
      assertThat(rows.get(i).<String, Double>getJavaMap(2).get("feature_rmse"))
          .isCloseTo(Math.sqrt(rmse), within(1e-9));
    }
    // Decoded features lie on one line, so the distance has a closed form: with u the direction
    // (1, 1, 1) / √3, Tr((Σ1 Σ2)^½) = √(λ · uᵀ Σ1 u).
    double lambda = 3 * covariance(decoded, 0, 0);
    double along = 0;
    double trace = lambda;
    double means = 0;
    for (int i = 0; i < 3; i++) {
      trace += covariance(original, i, i);
      means += Math.pow(mean(original, i) - mean(decoded, i), 2);
      for (int j = 0; j < 3; j++) {
        along += covariance(original, i, j) / 3;
      }
    }
    double expected = means + trace - 2 * Math.sqrt(lambda * along);
    // Roots of what rounding leaves of the two zero eigenvalues: some 1e-9.
    assertThat(report.frechet().orElseThrow()).isCloseTo(expected, within(1e-7));
    assertThat(Files.readString(temp.resolve("look/summary.json")))
        .contains("\"frechet_distance\"", "\"feature_cosine\"");
  }

  @Test
  void aModelThatKeepsSomePositionsIsMeasuredByTheirVectors() throws Exception {
    ReconstructFlow.Report report = reconstruct(quarters(true));

    List<Row> rows =
        spark
            .read()
            .parquet(temp.resolve("look/metrics").toString())
            .select("uri", "file", "features.original", "features.decoded", "problem")
            .collectAsList();
    assertThat(rows).hasSize(IMAGES);
    int without = 0;
    for (Row row : rows) {
      byte[] file = Files.readAllBytes(Path.of(URI.create(row.getString(0)).getPath()));
      int header = file.length - 32 * 32 * 3;
      BufferedImage decoded = ImageIO.read(temp.resolve("look").resolve(row.getString(1)).toFile());
      double[][] ofOriginal = kept((pixel, colour) -> file[header + 3 * pixel + colour] & 0xff);
      double[][] ofDecoded =
          kept((pixel, colour) -> decoded.getRGB(pixel % 32, pixel / 32) >> (16 - 8 * colour));
      if (ofOriginal.length == 0 || ofDecoded.length == 0) {
        without++;
        assertThat(row.isNullAt(2) && row.isNullAt(3)).isTrue();
        assertThat(row.getString(4))
            .matches("Cannot take features of .*: the metric model keeps none of its positions");
      } else {
        assertFeatures(row.getList(2), ofOriginal);
        assertFeatures(row.getList(3), ofDecoded);
        assertThat(row.isNullAt(4)).isTrue();
      }
    }
    assertThat(without).isBetween(1, IMAGES - 2);
    assertThat(report.failed()).isEqualTo(without);
    assertThat(report.frechet()).isPresent();
  }

  /** The sums over the quarters with more red than the mean of all; none of an even image. */
  private static double[][] kept(IntBinaryOperator image) {
    double[][] quarters = new double[4][3];
    for (int pixel = 0; pixel < 32 * 32; pixel++) {
      int quarter = pixel / 512 * 2 + pixel % 32 / 16;
      for (int colour = 0; colour < 3; colour++) {
        quarters[quarter][colour] += image.applyAsInt(pixel, colour) & 0xff;
      }
    }
    double red = mean(quarters, 0);
    return Stream.of(quarters).filter(quarter -> quarter[0] > red).toArray(double[][]::new);
  }

  private static void assertFeatures(List<Float> features, double[][] kept) {
    for (int colour = 0; colour < 3; colour++) {
      assertThat((double) features.get(colour))
          .isCloseTo(mean(kept, colour) / 256 / 255, within(1e-6));
    }
  }

  private static double mean(double[][] rows, int column) {
    double sum = 0;
    for (double[] row : rows) {
      sum += row[column];
    }
    return sum / rows.length;
  }

  private static double covariance(double[][] rows, int i, int j) {
    double sum = 0;
    for (double[] row : rows) {
      sum += (row[i] - mean(rows, i)) * (row[j] - mean(rows, j));
    }
    return sum / (rows.length - 1);
  }

  /** The tokenizer's own model, and the grey that each of its ids stands for. */
  private Path greys() throws Exception {
    Path target = temp.resolve("greys.bundle");
    float[] greys = new float[16];
    for (int id = 0; id < greys.length; id++) {
      greys[id] = 16 * id + 8;
    }
    try (Bundle tiny = Bundle.open(temp.resolve("tiny.bundle"));
        BundleWriter writer = BundleWriter.to(target)) {
      try (Stream<Path> files = Files.walk(tiny.file("model"))) {
        for (Path file : files.toList()) {
          Files.copy(file, writer.directory().resolve(tiny.root().relativize(file).toString()));
        }
      }
      Npy.write(writer.directory().resolve("greys.npy"), NpyArray.of(greys, 16, 1));
      TokenizerManifest manifest = tiny.manifest();
      writer.finish(
          TokenizerManifest.builder("greys", Modality.IMAGE)
              .model(manifest.models().get(0))
              .step(manifest.frontEnd().get(0))
              .layout(manifest.layout())
              .quantizer(
                  new QuantizerSpec(
                      "vq",
                      new TreeMap<>(
                          Map.of(
                              "codebook", "greys.npy",
                              "metric", "euclidean",
                              "normalise", "none",
                              "dequantise", "stored"))))
              .licence("Apache-2.0"));
    }
    return target;
  }

  @Test
  void aModelOfIdsIsMeasuredByTheVectorsOfItsIds() throws Exception {
    ReconstructFlow.Report report = reconstruct(greys());

    Map<String, Double> greys = new TreeMap<>();
    for (Row row :
        spark
            .read()
            .parquet(temp.resolve("out/tokens").toString())
            .select("sample_id", "tokens")
            .collectAsList()) {
      greys.put(
          row.getString(0),
          row.<Integer>getList(1).stream().mapToInt(id -> 16 * id + 8).average().orElseThrow());
    }
    List<Row> rows =
        spark
            .read()
            .parquet(temp.resolve("look/metrics").toString())
            .select("sample_id", "features.original", "features.decoded")
            .collectAsList();
    assertThat(rows).hasSize(IMAGES);
    for (Row row : rows) {
      double expected = greys.get(row.getString(0));
      assertThat(row.<Float>getList(1).get(0)).isCloseTo((float) expected, within(1e-4f));
      // A decoded patch is the grey of its id, so it has the same id again.
      assertThat(row.getList(2)).isEqualTo(row.getList(1));
    }
    assertThat(report.frechet().orElseThrow()).isCloseTo(0, within(1e-3));
  }

  @Test
  void aModelOfIdsWithoutVectorsIsRefused() {
    assertThatThrownBy(() -> reconstruct(temp.resolve("tiny.bundle")))
        .hasMessage(
            "Cannot take features from tokenizer tiny: its models return ids, and it has no"
                + " quantizer that says what vectors the ids stand for (give a bundle with output"
                + " latents or logits, or add the quantizer)");
  }
}
