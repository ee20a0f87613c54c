package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.spark.stats.StatsFlow;
import org.tessera.pipeline.stats.Geometry;
import org.tessera.udf.encode.EncodeOptions;
import org.tessera.udf.spark.ModelSettings;

/**
 * A tokenizer that keeps the bright patches of an image, of 4 by 4: the sixteenth of grey of each
 * patch of 8 by 8 pixels, from 8 on. Elsewhere its graph returns 99, which is no id.
 */
class KeptPositionsIT {
  private static final int IMAGES = 20;
  private static final int PATCHES = 16;

  @TempDir private Path temp;

  private final SparkSession spark = SparkForTests.session();
  private final List<int[]> levels = new ArrayList<>();

  private TokenizerManifest manifest;

  private void writeBundle() throws Exception {
    try (Graph graph = new Graph();
        Session session = new Session(graph);
        BundleWriter writer = BundleWriter.to(temp.resolve("bundle"))) {
      Ops tf = Ops.create(graph);
      Placeholder<TUint8> images =
          tf.placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, 32, 32, 3)));
      var patches = tf.reshape(tf.dtypes.cast(images, TFloat32.class), tf.array(-1, 4, 8, 4, 8, 3));
      var means = tf.reshape(tf.math.mean(patches, tf.array(2, 4, 5)), tf.array(-1, PATCHES));
      var ids = tf.dtypes.cast(tf.math.floor(tf.math.div(means, tf.constant(16f))), TInt32.class);
      var kept = tf.math.greaterEqual(ids, tf.constant(8));
      Placeholder<TInt32> codes =
          tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, PATCHES)));
      Placeholder<TBool> mask =
          tf.placeholder(TBool.class, Placeholder.shape(Shape.of(-1, PATCHES)));
      var grey =
          tf.select(
              mask,
              tf.math.add(tf.math.mul(codes, tf.constant(16)), tf.constant(8)),
              tf.constant(0));
      var pixels =
          tf.reshape(
              tf.broadcastTo(
                  tf.reshape(grey, tf.array(-1, 4, 1, 4, 1, 1)), tf.array(1, 4, 8, 4, 8, 3)),
              tf.array(-1, 32, 32, 3));
      SavedModels.export(
          session,
          writer,
          Signature.builder("encode")
              .input("images", images)
              .output("ids", tf.select(kept, ids, tf.constant(99)))
              .output("bright", kept)
              .build(),
          Signature.builder("decode")
              .input("ids", codes)
              .input("bright", mask)
              .output("images", tf.dtypes.cast(pixels, TUint8.class))
              .build());
      SignatureSpec encode =
          SignatureSpec.of(
              "encode", Map.of("signal", "images"), Map.of("ids", "ids", "kept", "bright"));
      SignatureSpec decode =
          SignatureSpec.of(
              "decode", Map.of("ids", "ids", "kept", "bright"), Map.of("signal", "images"));
      manifest =
          writer
              .finish(
                  TokenizerManifest.builder("bright", Modality.IMAGE)
                      .model(ModelSpec.of("tensorflow", "model", encode).withDecode(decode))
                      .step(new Step("resize_center_crop", new TreeMap<>(Map.of("size", 32))))
                      .layout(
                          new TokenLayout(
                              List.of("position"), List.of(PATCHES), List.of(16), "", List.of()))
                      .licence("Apache-2.0"))
              .manifest();
    }
  }

  /** Random images; the last one is dark everywhere. */
  private void writeImages() throws Exception {
    Files.createDirectories(temp.resolve("images"));
    Random random = new Random(1);
    for (int i = 0; i < IMAGES; i++) {
      int[] own = new int[PATCHES];
      for (int patch = 0; patch < PATCHES; patch++) {
        own[patch] = random.nextInt(i == IMAGES - 1 ? 8 : 16);
      }
      levels.add(own);
      byte[] pixels = new byte[32 * 32 * 3];
      for (int j = 0; j < pixels.length; j++) {
        int pixel = j / 3;
        pixels[j] = (byte) (16 * own[pixel / 256 * 4 + pixel % 32 / 8] + 5);
      }
      Corpus.ppm(temp.resolve("images").resolve(String.format("%02d.ppm", i)), pixels);
    }
  }

  private String tokenize(String output, int batch) throws Exception {
    TokenizeRequest request =
        TokenizeRequest.of(
                List.of(temp.resolve("images").toString()),
                temp.resolve("bundle").toString(),
                temp.resolve(output).toString())
            .model(ModelSettings.CPU)
            .encode(EncodeOptions.DEFAULT.withBatch(batch))
            .build();
    TokenizeResult result = new TokenizeFlow(spark, request, TokenizeListener.NONE).run();
    assertThat(result.counts().value("tokenized")).isEqualTo(IMAGES - 1);
    assertThat(result.counts().value("rejected")).isEqualTo(1);
    assertThat(result.counts().value("differing_ids")).isZero();
    assertThat(new VerifyFlow(spark, request.output()).run().findings()).isEmpty();
    return request.output();
  }

  private List<Row> rows(String output) {
    return spark
        .read()
        .parquet(output + "/tokens")
        .orderBy("uri")
        .select("sample_id", "tokens", "shape", "geometry")
        .collectAsList();
  }

  private static List<Integer> bright(int[] levels, boolean ids) {
    List<Integer> bright = new ArrayList<>();
    for (int patch = 0; patch < PATCHES; patch++) {
      if (levels[patch] >= 8) {
        bright.add(ids ? levels[patch] : patch);
      }
    }
    return bright;
  }

  @Test
  void rowsHoldKeptIdsAndWhereTheyStand() throws Exception {
    writeBundle();
    writeImages();
    String output = tokenize("out", 7);

    List<Row> rows = rows(output);
    assertThat(rows).hasSize(IMAGES - 1);
    for (int i = 0; i < rows.size(); i++) {
      List<Integer> ids = bright(levels.get(i), true);
      assertThat(rows.get(i).<Integer>getList(1)).isEqualTo(ids);
      assertThat(rows.get(i).<Integer>getList(2)).containsExactly(ids.size());
      assertThat(Geometry.positions(rows.get(i).getString(3)))
          .containsExactly(bright(levels.get(i), false).stream().mapToInt(it -> it).toArray());
    }
    assertThat(rows(tokenize("alone", 1))).isEqualTo(rows);
    checkReject(output);
    checkResample(output, rows);
    checkReconstructions(output, rows);
    checkPositions(output);
    checkIds(rows.get(0));
  }

  /** A sample with no kept id has no tokens, so it has a reject row. */
  private void checkReject(String output) {
    Row reject = spark.read().parquet(output + "/rejects").head();
    assertThat(reject.<String>getAs("uri")).endsWith("19.ppm");
    assertThat(reject.<String>getAs("phase")).isEqualTo("encode");
    assertThat(reject.<String>getAs("code")).isEqualTo("NO_TOKENS");
    assertThat(reject.<String>getAs("message"))
        .isEqualTo(
            "Cannot make a token: the model keeps none of the sample's ids (look at the sample: it"
                + " may be blank)");
  }

  private void checkResample(String output, List<Row> rows) throws Exception {
    ResampleFlow.Report report =
        new ResampleFlow(
                spark,
                new ResampleFlow.Request(
                    output, temp.resolve("bundle").toString(), 1, 1, ModelSettings.CPU))
            .run();
    long ids = rows.stream().mapToLong(row -> row.getList(1).size()).sum();
    assertThat(report).isEqualTo(new ResampleFlow.Report(IMAGES - 1, ids, 0, 0, 0, "", List.of()));
  }

  private void checkReconstructions(String output, List<Row> rows) throws Exception {
    String look = temp.resolve("look").toString();
    new ReconstructFlow(
            spark,
            new ReconstructFlow.Request(
                output, temp.resolve("bundle").toString(), look, 0, 1, ModelSettings.CPU))
        .run();
    for (int i = 0; i < rows.size(); i++) {
      BufferedImage image =
          ImageIO.read(Path.of(look, "files", rows.get(i).getString(0) + ".png").toFile());
      for (int patch = 0; patch < PATCHES; patch++) {
        int level = levels.get(i)[patch];
        assertThat(image.getRGB(patch % 4 * 8 + 3, patch / 4 * 8 + 5) & 0xff)
            .isEqualTo(level < 8 ? 0 : 16 * level + 8);
      }
    }
  }

  /** Statistics by position are by the patch, not by the place in the row. */
  private void checkPositions(String output) throws Exception {
    new StatsFlow(spark, new StatsFlow.Request(output, output, List.of(), "position", 1, 0)).run();
    Map<Integer, Double> counted = new TreeMap<>();
    for (Row row :
        spark
            .read()
            .parquet(output + "/codebook_stats/positions")
            .filter(col("metric").equalTo("tokens"))
            .collectAsList()) {
      counted.put(row.getAs("position"), row.getAs("value"));
    }
    assertThat(counted).hasSize(PATCHES);
    for (int patch = 0; patch < PATCHES; patch++) {
      int place = patch;
      assertThat(counted.get(patch))
          .isEqualTo((double) levels.stream().filter(it -> it[place] >= 8).count());
    }
  }

  /** Verification refuses rows whose positions are not those of their ids. */
  private void checkIds(Row row) {
    int ids = row.getList(1).size();
    assertThat(findings(row.getList(1), ids, row.getString(3))).isEmpty();
    List<Integer> bad = new ArrayList<>(row.getList(1));
    bad.set(1, 16);
    assertThat(findings(bad, ids, row.getString(3)))
        .containsExactly(
            "wave 1 of r: sample s: has the id 16 at [1], but the layout [position] allows 0 to 15"
                + " there");
    for (String kept : List.of("[0]", "[1, 0]", "[0, 16]", "[-1, 2]", "[\"a\", 2]")) {
      assertThat(findings(List.of(8, 9), 2, "{\"kept\": " + kept + "}"))
          .singleElement()
          .asString()
          .endsWith("are not 2 ascending positions below 16");
    }
    assertThat(findings(List.of(8, 9), 2, "{}"))
        .containsExactly(
            "wave 1 of r: sample s: the geometry's kept null are not 2 ascending positions below"
                + " 16");
  }

  private List<String> findings(List<Integer> ids, int extent, String geometry) {
    Row row =
        RowFactory.create(
            "r",
            1,
            "s",
            scala.jdk.javaapi.CollectionConverters.asScala(ids).toSeq(),
            scala.jdk.javaapi.CollectionConverters.asScala(List.of(extent)).toSeq(),
            geometry);
    List<String> findings = new ArrayList<>();
    Iterator<String> found = new IdCheck(manifest).call(List.of(row).iterator());
    found.forEachRemaining(findings::add);
    return findings;
  }
}
