package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.spark.Tables;
import org.tessera.pipeline.storage.Storage;
import scala.Tuple2;

/**
 * Statistics of an output's committed rows: counted in one pass, written as tidy tables. Used by
 * one thread.
 */
public final class StatsFlow {
  /** The folder of the statistics below an output. */
  public static final String FOLDER = "codebook_stats";

  private static final long GROUP_BUDGET = 256L << 20;

  private final SparkSession spark;
  private final Request request;

  /** Prepares; nothing is read or written yet. */
  public StatsFlow(SparkSession spark, Request request) {
    this.spark = spark;
    this.request = request;
  }

  /**
   * What is asked for.
   *
   * @param tokens the output of tokenize
   * @param output where the statistics go; its {@code codebook_stats} is replaced
   * @param by what to group by beside everything in one group
   */
  public record Request(String tokens, String output, List<String> by) {
    public Request {
      by = List.copyOf(by);
    }
  }

  /**
   * One group's metrics of one slot.
   *
   * @param tokenizer the tokenizer's name
   * @param by what was grouped by
   * @param group the group
   * @param slotAxis what the slots are
   * @param slot the slot, or -1 for all together
   * @param metrics by name
   */
  public record Entry(
      String tokenizer,
      String by,
      String group,
      String slotAxis,
      int slot,
      Map<String, Double> metrics) {}

  /**
   * What was counted: the entries of everything in one group, and how many groups there are.
   *
   * @param folder where the tables are
   * @param entries overall metrics, all slots together first
   * @param groups the number of groups of each grouping
   */
  public record Report(String folder, List<Entry> entries, Map<String, Long> groups) {}

  /**
   * Counts and writes.
   *
   * @throws IllegalStateException when there is nothing to count
   */
  public Report run() throws IOException {
    Tables tables = Tables.open(spark, request.tokens());
    Dataset<Row> tokens =
        tables
            .tokens()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Cannot count: there are no committed token rows in "
                            + request.tokens()
                            + " (give the --output of tokenize)"));
    List<Grouping> groupings = groupings();
    Storage target = new Storage(request.output(), spark.sparkContext().hadoopConfiguration());
    StatsTables written = new StatsTables(spark, target.path(FOLDER).toString());
    target.delete(FOLDER);
    List<Entry> entries = new ArrayList<>();
    Map<String, Long> groups = new LinkedHashMap<>();
    for (String fingerprint : fingerprints(tables)) {
      TokenizerManifest manifest = manifest(tables, fingerprint);
      JavaPairRDD<Tuple2<Integer, String>, byte[]> counted =
          count(own(tables, tokens, fingerprint), manifest, groupings)
              .persist(StorageLevel.MEMORY_AND_DISK_SER());
      try {
        written.write(counted, manifest, fingerprint, groupings);
        entries.addAll(written.overall(manifest, fingerprint));
        for (Grouping grouping : groupings) {
          int index = groupings.indexOf(grouping);
          if (index > 0) {
            groups.merge(
                grouping.name(),
                counted.filter(pair -> pair._1()._1() == index).count(),
                Long::sum);
          }
        }
      } finally {
        counted.unpersist();
      }
    }
    return new Report(target.path(FOLDER).toString(), entries, groups);
  }

  private List<Grouping> groupings() {
    Set<String> names = new LinkedHashSet<>();
    names.add(Grouping.ALL);
    names.addAll(request.by());
    return names.stream().map(Grouping::new).toList();
  }

  private static Set<String> fingerprints(Tables tables) throws IOException {
    Set<String> fingerprints = new LinkedHashSet<>();
    for (RunManifest run : tables.ledger().runs()) {
      fingerprints.add(run.fingerprint());
    }
    return fingerprints;
  }

  private static TokenizerManifest manifest(Tables tables, String fingerprint) throws IOException {
    return new TokenizerCatalog(tables.storage())
        .find(fingerprint)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot count tokens of tokenizer "
                        + fingerprint
                        + ": its manifest is missing in the output (run verify)"));
  }

  private static Dataset<Row> own(Tables tables, Dataset<Row> tokens, String fingerprint)
      throws IOException {
    List<String> runs =
        tables.ledger().runs().stream()
            .filter(run -> run.fingerprint().equals(fingerprint))
            .map(RunManifest::runId)
            .toList();
    return tokens.filter(col("run").isInCollection(runs));
  }

  private JavaPairRDD<Tuple2<Integer, String>, byte[]> count(
      Dataset<Row> tokens, TokenizerManifest manifest, List<Grouping> groupings) {
    List<Column> columns = new ArrayList<>(List.of(col("tokens"), col("shape")));
    groupings.forEach(grouping -> columns.add(grouping.column()));
    Dataset<Row> rows = tokens.select(columns.toArray(Column[]::new));
    var internal =
        ((org.apache.spark.sql.classic.Dataset<Row>) rows).queryExecution().toRdd().toJavaRDD();
    return internal
        .mapPartitionsToPair(new StatsTask(manifest.layout(), groupings.size(), GROUP_BUDGET))
        .reduceByKey(new StatsMerge());
  }
}
