package org.tessera.jobs.report;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.spark.ReconstructFlow;
import org.tessera.pipeline.storage.Storage;

/**
 * Originals beside their reconstructions, read from outputs of reconstruct: those at equal steps
 * from the best to the worst by the modality's main metric, so that nobody picks them.
 */
final class PairSection {
  private static final int PAIRS = 6;
  private static final String FRECHET = "frechet_distance";
  private static final Map<Modality, String> MAIN =
      Map.of(
          Modality.IMAGE, "psnr",
          Modality.AUDIO, "si_snr",
          Modality.EEG, "pearson",
          Modality.POINTS, "chamfer_l1_x1000");

  private final SparkSession spark;

  PairSection(SparkSession spark) {
    this.spark = spark;
  }

  /** One object per output of reconstruct. */
  void write(List<String> outputs, ObjectNode report) throws IOException {
    ArrayNode sets = report.putArray("reconstructions");
    for (String output : outputs) {
      Storage storage = new Storage(output, spark.sparkContext().hadoopConfiguration());
      if (!storage.exists("metrics")) {
        throw new IllegalStateException(
            "Cannot show reconstructions: "
                + output
                + " holds none (give the --output of reconstruct)");
      }
      Dataset<Row> metrics = spark.read().parquet(output + "/metrics");
      if (metrics.isEmpty()) {
        continue;
      }
      Row first = metrics.first();
      Modality modality = Modality.of(first.getAs("modality"));
      ObjectNode set =
          sets.addObject()
              .put("modality", modality.id())
              .put("tokenizer", first.<String>getAs("tokenizer"))
              .put("segments", metrics.count())
              .put("failed", metrics.filter(col("problem").isNotNull()).count())
              .put("main", MAIN.get(modality));
      summary(metrics, set.putObject("metrics"));
      frechet(storage, set);
      pairs(metrics, modality, output, set.putArray("pairs"));
    }
  }

  /** The distance by a metric model, where one was given. */
  private static void frechet(Storage storage, ObjectNode set) throws IOException {
    Optional<String> summary = storage.read(ReconstructFlow.SUMMARY);
    if (summary.isPresent()) {
      JsonNode distance = new ObjectMapper().readTree(summary.get()).path(FRECHET);
      if (distance.isNumber()) {
        set.set(FRECHET, distance);
      }
    }
  }

  private static void summary(Dataset<Row> metrics, ObjectNode summary) {
    for (Row row :
        metrics
            .select(explode(col("metrics")).as(new String[] {"name", "value"}))
            .groupBy("name")
            .agg(count(lit(1)), avg("value"), min("value"), max("value"))
            .orderBy("name")
            .collectAsList()) {
      summary
          .putObject(row.getString(0))
          .put("count", row.getLong(1))
          .put("mean", row.getDouble(2))
          .put("min", row.getDouble(3))
          .put("max", row.getDouble(4));
    }
  }

  private void pairs(Dataset<Row> metrics, Modality modality, String output, ArrayNode pairs)
      throws IOException {
    String main = MAIN.get(modality);
    Dataset<Row> usable =
        metrics
            .withColumn("main", col("metrics").getItem(main))
            .filter(
                col("main")
                    .isNotNull()
                    .and(col("original").isNotNull())
                    .and(col("file").isNotNull()));
    boolean lowIsGood = modality == Modality.POINTS;
    Dataset<Row> sorted =
        usable
            .orderBy(lowIsGood ? col("main").asc() : col("main").desc(), col("sample_id"))
            .select("uri", "member", "segment", "channel", "file", "original", "metrics");
    long all = usable.count();
    Set<Long> places = new TreeSet<>();
    for (int i = 0; i < PAIRS && all > 0; i++) {
      places.add(Math.round((double) i * (all - 1) / (PAIRS - 1)));
    }
    List<scala.Tuple2<Row, Long>> chosen =
        sorted.toJavaRDD().zipWithIndex().filter(pair -> places.contains(pair._2())).collect();
    for (scala.Tuple2<Row, Long> pair : chosen) {
      Row row = pair._1();
      ObjectNode node =
          pairs
              .addObject()
              .put("place", pair._2() + 1)
              .put("of", all)
              .put("uri", row.getString(0))
              .put("member", row.getString(1))
              .put("segment", row.getInt(2))
              .put("channel", row.getInt(3));
      ObjectNode values = node.putObject("metrics");
      row.<String, Double>getJavaMap(6).forEach(values::put);
      node.set("original", Preview.of(modality, bytes(output, row.getString(5))));
      node.set("decoded", Preview.of(modality, bytes(output, row.getString(4))));
    }
  }

  private byte[] bytes(String output, String file) throws IOException {
    Path path = new Path(output, file);
    try (InputStream in =
        path.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(path)) {
      return in.readAllBytes();
    }
  }
}
