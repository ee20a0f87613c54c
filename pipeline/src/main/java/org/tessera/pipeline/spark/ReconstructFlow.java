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
import java.util.List;
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
import org.tessera.pipeline.ledger.RunManifest;
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
              + "metrics MAP<STRING, DOUBLE>, problem STRING");

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
   * @param model how the model is run
   */
  public record Request(
      String tokens, String bundle, String output, int limit, long seed, ModelSettings model) {}

  /** A metric over all segments that have it. */
  public record Metric(long count, double mean, double min, double max) {}

  /**
   * What was done.
   *
   * @param segments reconstructed segments
   * @param failed segments whose original could not be read any more
   * @param metrics by name
   */
  public record Report(long segments, long failed, SortedMap<String, Metric> metrics) {}

  /**
   * Reconstructs.
   *
   * @throws IllegalStateException when the tokens are not of this bundle, or it cannot decode
   */
  public Report run() throws IOException {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    Tables tables = Tables.open(spark, request.tokens());
    String fingerprint;
    try (Bundle bundle = Bundles.open(request.bundle(), configuration)) {
      fingerprint = bundle.fingerprint();
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
      new org.apache.hadoop.fs.Path(request.output())
          .getFileSystem(configuration)
          .mkdirs(new org.apache.hadoop.fs.Path(request.output(), folder));
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
                request.model()),
            Encoders.row(METRICS))
        .write()
        .mode("overwrite")
        .parquet(output + "/metrics");
    return report(spark.read().parquet(output + "/metrics"));
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
    return new Report(all - failed, failed, summary);
  }
}
