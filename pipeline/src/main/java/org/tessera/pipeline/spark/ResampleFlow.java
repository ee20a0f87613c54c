package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.tessera.model.bundle.Bundle;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.udf.spark.ModelSettings;
import org.tessera.udf.spark.TokenizerIdentity;

/**
 * Reads a random share of the samples again, encodes them again and compares the ids with those
 * that were committed. Used by one thread.
 */
public final class ResampleFlow {
  static final StructType COMPARED =
      StructType.fromDDL(
          "sample_id STRING, uri STRING, ids BIGINT, differing BIGINT, problem STRING, "
              + "numerics STRING");

  private static final int EXAMPLES = 5;
  private static final int SHARES = 1_000_000;

  private final SparkSession spark;
  private final Request request;

  /** Prepares; nothing is read yet. */
  public ResampleFlow(SparkSession spark, Request request) {
    this.spark = spark;
    this.request = request;
  }

  /**
   * What is asked for.
   *
   * @param tokens the output of tokenize
   * @param bundle the tokenizer that made them
   * @param share of the rows, above 0 and at most 1
   * @param seed chooses the rows
   * @param model how the model runs
   */
  public record Request(
      String tokens, String bundle, double share, long seed, ModelSettings model) {
    public Request {
      if (!(share > 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "Cannot encode a share of " + share + " again (give a number above 0, at most 1)");
      }
    }
  }

  /**
   * What was found.
   *
   * @param rows compared rows
   * @param ids compared ids
   * @param differingRows rows with another id, or another number of them
   * @param differingIds ids that differ; all of a row whose number of ids, or their positions,
   *     changed
   * @param unreadable rows whose input cannot be read any more, or is another one by its digest
   * @param numerics what made the tokens and what compared them, where these are not the same:
   *     rounding alone may then make ids differ; else empty
   * @param findings examples, for people
   */
  public record Report(
      long rows,
      long ids,
      long differingRows,
      long differingIds,
      long unreadable,
      String numerics,
      List<String> findings) {}

  /**
   * Compares.
   *
   * @throws IllegalStateException when no tokens were made by this bundle
   */
  public Report run() throws IOException {
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    Tables tables = Tables.open(spark, request.tokens());
    Map<String, List<String>> runs = runs(tables, configuration);
    Dataset<Row> compared = null;
    for (Map.Entry<String, List<String>> identity : runs.entrySet()) {
      Dataset<Row> own =
          PlannedRows.join(tables, chosen(tables, identity.getValue()), identity.getValue())
              .mapPartitions(
                  new ResampleTask(
                      Bundles.absolute(request.bundle(), configuration),
                      identity.getKey(),
                      request.model()),
                  Encoders.row(COMPARED));
      compared = compared == null ? own : compared.union(own);
    }
    compared = compared.persist();
    try {
      Set<String> made = new TreeSet<>();
      for (List<String> own : runs.values()) {
        made.addAll(committedNumerics(tables, own, configuration));
      }
      return report(compared, made);
    } finally {
      compared.unpersist();
    }
  }

  /** The form in which the numerics of tokens are compared. */
  static String numerics(String engine, String device) {
    return engine + " on " + device;
  }

  /** What the footers say of the first file of each run. */
  private static Set<String> committedNumerics(
      Tables tables, List<String> runs, Configuration configuration) throws IOException {
    Set<String> found = new TreeSet<>();
    for (String run : runs) {
      Optional<String> file =
          tables.ledger().waves(run).values().stream()
              .flatMap(wave -> wave.files().stream())
              .map(WaveRecord.DataFile::path)
              .filter(path -> path.startsWith("tokens/"))
              .findFirst();
      if (file.isPresent()) {
        try (ParquetFileReader reader =
            ParquetFileReader.open(
                HadoopInputFile.fromPath(tables.storage().path(file.get()), configuration))) {
          String json =
              reader.getFileMetaData().getKeyValueMetaData().getOrDefault("tessera.numerics", "{}");
          JsonNode node = new ObjectMapper().readTree(json);
          if (node.has("engine")) {
            found.add(numerics(node.path("engine").asText(), node.path("device").asText()));
          }
        }
      }
    }
    return found;
  }

  /** The runs of this bundle by the identity of their tokens: fingerprints come first. */
  private Map<String, List<String>> runs(Tables tables, Configuration configuration)
      throws IOException {
    Map<String, List<String>> runs = new TreeMap<>();
    try (Bundle bundle = Bundles.open(request.bundle(), configuration)) {
      for (RunManifest run : tables.ledger().runs()) {
        if (TokenizerIdentity.fingerprint(run.fingerprint()).equals(bundle.fingerprint())) {
          runs.computeIfAbsent(run.fingerprint(), any -> new ArrayList<>()).add(run.runId());
        }
      }
      if (runs.isEmpty()) {
        throw new IllegalStateException(
            "Cannot encode again: no tokens in "
                + request.tokens()
                + " were made by "
                + request.bundle()
                + ", whose fingerprint is "
                + bundle.fingerprint()
                + " (give the bundle that made them)");
      }
    }
    return runs;
  }

  private Dataset<Row> chosen(Tables tables, List<String> runs) throws IOException {
    return tables
        .tokens()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot encode again: there are no token rows in " + request.tokens()))
        .filter(col("run").isInCollection(runs))
        .filter(
            org.apache
                .spark
                .sql
                .functions
                .pmod(xxhash64(col("sample_id"), lit(request.seed())), lit((long) SHARES))
                .lt(lit(Math.round(request.share() * SHARES))))
        .select(
            "run",
            "sample_id",
            "uri",
            "member",
            "segment",
            "channel",
            "content_sha256",
            "tokens",
            "shape",
            "geometry");
  }

  private static Report report(Dataset<Row> compared, Set<String> made) {
    Row sums =
        compared
            .agg(
                sum(when(col("problem").isNull(), 1L).otherwise(0L)),
                sum("ids"),
                sum(when(col("differing").gt(0), 1L).otherwise(0L)),
                sum("differing"),
                sum(when(col("problem").isNotNull(), 1L).otherwise(0L)))
            .head();
    List<String> findings = new ArrayList<>();
    for (Row row :
        compared
            .filter(col("differing").gt(0).or(col("problem").isNotNull()))
            .orderBy("uri", "sample_id")
            .limit(EXAMPLES)
            .collectAsList()) {
      findings.add(
          row.getString(1)
              + " ("
              + row.getString(0)
              + "): "
              + (row.isNullAt(4)
                  ? row.getLong(3) + " of " + row.getLong(2) + " ids differ when encoded again"
                  : row.getString(4)));
    }
    Set<String> now =
        new TreeSet<>(compared.select("numerics").distinct().as(Encoders.STRING()).collectAsList());
    String numerics =
        now.isEmpty() || made.isEmpty() || made.equals(now)
            ? ""
            : "made by " + String.join(", ", made) + "; compared by " + String.join(", ", now);
    return new Report(
        number(sums, 0),
        number(sums, 1),
        number(sums, 2),
        number(sums, 3),
        number(sums, 4),
        numerics,
        findings);
  }

  private static long number(Row row, int column) {
    return row.isNullAt(column) ? 0 : row.getLong(column);
  }
}
