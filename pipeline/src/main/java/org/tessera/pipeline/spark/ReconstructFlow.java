package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.xxhash64;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.tokenizer.Tokenizers;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.stats.FeatureMoments;
import org.tessera.pipeline.storage.Storage;
import org.tessera.udf.spark.ModelSettings;
import org.tessera.udf.spark.TokenizerIdentity;

/**
 * Decodes tokens back to files and measures how close they are to what the model read. Used by one
 * thread.
 */
public final class ReconstructFlow {
  /** One row per reconstructed segment. */
  static final StructType METRICS =
      StructType.fromDDL(
          "modality STRING, tokenizer STRING, fingerprint STRING, sample_id STRING, uri STRING, "
              + "member STRING, segment INT, channel INT, file STRING, original STRING, "
              + "metrics MAP<STRING, DOUBLE>, problem STRING, "
              + "features STRUCT<original: ARRAY<FLOAT>, decoded: ARRAY<FLOAT>>");

  /** The name of the summary, written last. */
  public static final String SUMMARY = "summary.json";

  private final SparkSession spark;
  private final Request request;

  /** Prepares; nothing is read or written yet. */
  public ReconstructFlow(SparkSession spark, Request request) {
    this.spark = spark;
    this.request = request;
  }

  /**
   * What is asked for.
   *
   * @param tokens the output of tokenize
   * @param bundle the tokenizer that made them
   * @param output where files and metrics go
   * @param limit at most so many segments, chosen by seed; 0 for all
   * @param seed chooses among the segments
   * @param metricModel a bundle whose features are compared too; empty for none
   * @param model how the models are run
   */
  public record Request(
      String tokens,
      String bundle,
      String output,
      int limit,
      long seed,
      String metricModel,
      ModelSettings model) {
    /** A request without a metric model. */
    public Request(
        String tokens, String bundle, String output, int limit, long seed, ModelSettings model) {
      this(tokens, bundle, output, limit, seed, "", model);
    }
  }

  /** A metric over all segments that have it. */
  public record Metric(long count, double mean, double min, double max) {}

  /**
   * What was done.
   *
   * @param segments reconstructed segments
   * @param failed segments whose original could not be read any more, or that the metric model has
   *     no features of
   * @param metrics by name
   * @param frechet the Fréchet distance of the features of all originals and of all decoded
   *     signals; empty without a metric model, or with fewer than two segments
   */
  public record Report(
      long segments, long failed, SortedMap<String, Metric> metrics, OptionalDouble frechet) {}

  /**
   * Reconstructs.
   *
   * @throws IllegalStateException when the tokens are not of this bundle, or it cannot decode
   */
  public Report run() throws IOException {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    Tables tables = Tables.open(spark, request.tokens());
    String fingerprint;
    String metricFingerprint;
    try (Bundle bundle = Bundles.open(request.bundle(), configuration)) {
      fingerprint = bundle.fingerprint();
      metricFingerprint = metricFingerprint(bundle.manifest().modality(), configuration);
      if (!bundle.manifest().hasDecoder()) {
        throw new IllegalStateException(
            "Cannot reconstruct with "
                + bundle.manifest().name()
                + ": it has no decode signature (use a bundle that has one)");
      }
    }
    List<String> runs = new ArrayList<>();
    TreeSet<String> identities = new TreeSet<>();
    for (RunManifest run : tables.ledger().runs()) {
      if (TokenizerIdentity.fingerprint(run.fingerprint()).equals(fingerprint)) {
        identities.add(run.fingerprint());
        runs.add(run.runId());
      }
    }
    if (runs.isEmpty()) {
      throw new IllegalStateException(
          "Cannot reconstruct: no tokens in "
              + request.tokens()
              + " were made by "
              + request.bundle()
              + " (give the bundle that made them)");
    }
    if (identities.size() > 1) {
      throw new IllegalStateException(
          "Cannot reconstruct: the output holds tokens with different numbers of kept ids: "
              + identities);
    }
    Dataset<Row> rows = chosen(tables, runs);
    for (String folder : List.of("files", "originals")) {
      var path = new org.apache.hadoop.fs.Path(request.output(), folder);
      if (!path.getFileSystem(configuration).mkdirs(path)) {
        throw new IOException(
            "Cannot make the folder " + path + " (check the permission to write)");
      }
    }
    String output =
        new org.apache.hadoop.fs.Path(request.output())
            .getFileSystem(configuration)
            .makeQualified(new org.apache.hadoop.fs.Path(request.output()))
            .toString();
    rows.mapPartitions(
            new ReconstructTask(
                Bundles.absolute(request.bundle(), configuration),
                identities.first(),
                output,
                metricFingerprint.isEmpty()
                    ? ""
                    : Bundles.absolute(request.metricModel(), configuration),
                metricFingerprint,
                request.model()),
            Encoders.row(METRICS))
        .write()
        .mode("overwrite")
        .parquet(output + "/metrics");
    Report report = report(spark.read().parquet(output + "/metrics"));
    new Storage(output, configuration)
        .replace(SUMMARY, ReconstructSummary.node(report).toPrettyString() + "\n");
    return report;
  }

  /** The fingerprint of the metric model; empty without one. */
  private String metricFingerprint(Modality modality, Configuration configuration)
      throws IOException {
    if (request.metricModel().isEmpty()) {
      return "";
    }
    try (Bundle metric = Bundles.open(request.metricModel(), configuration)) {
      TokenizerManifest manifest = metric.manifest();
      if (manifest.modality() != modality) {
        throw new IllegalStateException(
            "Cannot measure "
                + modality.id()
                + " by the metric model "
                + manifest.name()
                + ", which is for "
                + manifest.modality().id()
                + " (give one of the same modality)");
      }
      Tokenizers.requireFeatures(metric);
      return metric.fingerprint();
    }
  }

  /** The chosen segments with their planned input, together by file and in order. */
  private Dataset<Row> chosen(Tables tables, List<String> runs) throws IOException {
    Dataset<Row> rows =
        tables
            .tokens()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Cannot reconstruct: there are no token rows in " + request.tokens()))
            .filter(col("run").isInCollection(runs))
            .select(
                "run",
                "sample_id",
                "uri",
                "member",
                "segment",
                "channel",
                "tokens",
                "shape",
                "geometry");
    if (request.limit() > 0) {
      rows =
          rows.orderBy(xxhash64(col("sample_id"), lit(request.seed())), col("sample_id"))
              .limit(request.limit());
    }
    return PlannedRows.join(tables, rows, runs);
  }

  private static Report report(Dataset<Row> metrics) {
    SortedMap<String, Metric> summary = new TreeMap<>();
    for (Row row :
        metrics
            .select(explode(col("metrics")).as(new String[] {"name", "value"}))
            .groupBy("name")
            .agg(count(lit(1)), avg("value"), min("value"), max("value"))
            .collectAsList()) {
      summary.put(
          row.getString(0),
          new Metric(row.getLong(1), row.getDouble(2), row.getDouble(3), row.getDouble(4)));
    }
    long all = metrics.count();
    long failed = metrics.filter(col("problem").isNotNull()).count();
    return new Report(all - failed, failed, summary, frechet(metrics));
  }

  private static OptionalDouble frechet(Dataset<Row> metrics) {
    List<byte[][]> parts =
        metrics
            .filter(col("features").isNotNull())
            .select("features.original", "features.decoded")
            .toJavaRDD()
            .mapPartitions(ReconstructFlow::moments)
            .collect();
    FeatureMoments[] sums = null;
    for (byte[][] part : parts) {
      FeatureMoments original = FeatureMoments.of(part[0]);
      FeatureMoments decoded = FeatureMoments.of(part[1]);
      if (sums == null) {
        sums = new FeatureMoments[] {original, decoded};
      } else {
        sums[0].add(original);
        sums[1].add(decoded);
      }
    }
    return sums == null || sums[0].count() < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of(FeatureMoments.frechetDistance(sums[0], sums[1]));
  }

  /** The sums of a partition's originals and decoded signals; none of no rows. */
  private static Iterator<byte[][]> moments(Iterator<Row> rows) {
    FeatureMoments[] sums = null;
    while (rows.hasNext()) {
      Row row = rows.next();
      float[][] both = {floats(row.getList(0)), floats(row.getList(1))};
      if (sums == null) {
        sums =
            new FeatureMoments[] {
              new FeatureMoments(both[0].length), new FeatureMoments(both[0].length)
            };
      }
      sums[0].add(both[0]);
      sums[1].add(both[1]);
    }
    return sums == null
        ? Collections.emptyIterator()
        : List.<byte[][]>of(new byte[][] {sums[0].toBytes(), sums[1].toBytes()}).iterator();
  }

  private static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
