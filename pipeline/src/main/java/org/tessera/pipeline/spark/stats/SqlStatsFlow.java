package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.sum;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.spark.Tables;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.storage.Storage;

/**
 * The statistics that plain Spark SQL can say, by explode, group-by, window and join alone, so that
 * an accelerator of Spark's plans can take all of it over: the histogram, and the metrics of usage,
 * entropy, concentration and neighbours. The numbers are those of {@link StatsFlow}; it is the
 * faster one on CPUs. Used by one thread.
 */
public final class SqlStatsFlow {
  private final SparkSession spark;
  private final StatsFlow.Request request;

  /** Prepares; nothing is read or written yet. The request's axis and seed are not used. */
  public SqlStatsFlow(SparkSession spark, StatsFlow.Request request) {
    this.spark = spark;
    this.request = request;
  }

  /**
   * Counts and writes.
   *
   * @throws IllegalStateException when there is nothing to count
   */
  public StatsFlow.Report run() throws IOException {
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
    Storage target = new Storage(request.output(), spark.sparkContext().hadoopConfiguration());
    target.delete(StatsFlow.FOLDER);
    String folder = target.path(StatsFlow.FOLDER).toString();
    List<StatsFlow.Entry> entries = new ArrayList<>();
    Map<String, Long> groups = new LinkedHashMap<>();
    Set<String> fingerprints = new LinkedHashSet<>();
    for (RunManifest run : tables.ledger().runs()) {
      fingerprints.add(run.fingerprint());
    }
    for (String fingerprint : fingerprints) {
      TokenizerManifest manifest =
          new TokenizerCatalog(tables.storage()).find(fingerprint).orElseThrow();
      StatsKey key = new StatsKey(manifest, fingerprint);
      List<String> runs =
          tables.ledger().runs().stream()
              .filter(run -> run.fingerprint().equals(fingerprint))
              .map(RunManifest::runId)
              .toList();
      write(tokens.filter(col("run").isInCollection(runs)), manifest, key, folder);
      entries.addAll(
          StatsTables.entries(
              key,
              spark
                  .read()
                  .parquet(folder + "/metrics")
                  .filter(
                      col("grouping")
                          .equalTo(Grouping.ALL)
                          .and(col("fingerprint").equalTo(fingerprint)))
                  .collectAsList()));
    }
    for (String by : request.by()) {
      Dataset<Row> found =
          spark
              .read()
              .parquet(folder + "/histogram")
              .filter(col("grouping").equalTo(by))
              .select("fingerprint", "group")
              .distinct();
      groups.put(by, found.filter("group != ''").count() == 0 ? 0 : found.count());
    }
    StatsFlow.Report report = new StatsFlow.Report(folder, entries, groups);
    target.replace(
        StatsFlow.FOLDER + "/summary.json", StatsSummary.node(report).toPrettyString() + "\n");
    return report;
  }

  private void write(Dataset<Row> tokens, TokenizerManifest manifest, StatsKey key, String folder) {
    SqlLayout layout = new SqlLayout(manifest.layout());
    Dataset<Row> ids =
        tokens.select(exploded()).select(idColumns(layout)).filter(col("code").geq(0));
    List<String> by = new ArrayList<>(request.by());
    List<Column> finest = new ArrayList<>(by.stream().map(name -> col("by_" + name)).toList());
    finest.add(col("slot"));
    finest.add(col("code"));
    Dataset<Row> counted =
        ids.groupBy(finest.toArray(Column[]::new)).agg(count(lit(1)).as("count"));
    Dataset<Row> used = grouped(counted, Grouping.ALL, lit(""));
    for (String name : by) {
      used = used.unionByName(grouped(counted, name, col("by_" + name)));
    }
    Dataset<Row> codes =
        spark
            .range(layout.codes())
            .select(layout.slotOfCode().as("all_slot"), layout.codeOfCode().as("all_code"));
    Dataset<Row> histogram =
        used.join(
                codes,
                col("slot").equalTo(col("all_slot")).and(col("code").equalTo(col("all_code"))),
                "right_outer")
            .selectExpr(
                "coalesce(grouping, 'all') grouping",
                "coalesce(group, '') group",
                "all_slot slot",
                "all_code code",
                "coalesce(count, 0L) count");
    save(key, histogram, "histogram", folder, "code", "count");
    Dataset<Row> written =
        spark
            .read()
            .parquet(folder + "/histogram")
            .filter(col("fingerprint").equalTo(key.fingerprint()));
    Dataset<Row> metrics = SqlMetrics.usage(written, layout.radix(col("slot")));
    if (request.ngrams() > 1) {
      metrics = metrics.unionByName(SqlMetrics.bigrams(ids));
    }
    save(key, metrics, "metrics", folder, "metric", "value");
  }

  private Column[] exploded() {
    List<Column> columns = new ArrayList<>(List.of(col("sample_id"), col("shape")));
    for (String name : request.by()) {
      columns.add(SqlLayout.group(name).as("by_" + name));
    }
    columns.add(posexplode(col("tokens")).as(new String[] {"at", "code"}));
    return columns.toArray(Column[]::new);
  }

  private Column[] idColumns(SqlLayout layout) {
    List<Column> columns = new ArrayList<>(List.of(col("sample_id"), col("at"), col("code")));
    for (String name : request.by()) {
      columns.add(col("by_" + name));
    }
    columns.add(layout.slot(col("at")).as("slot"));
    return columns.toArray(Column[]::new);
  }

  private static Dataset<Row> grouped(Dataset<Row> counted, String grouping, Column group) {
    return counted
        .select(
            lit(grouping).as("grouping"), group.as("group"), col("slot"), col("code"), col("count"))
        .groupBy("grouping", "group", "slot", "code")
        .agg(sum("count").as("count"));
  }

  private static void save(
      StatsKey key, Dataset<Row> rows, String table, String folder, String... values) {
    Column[] columns = new Column[7 + values.length];
    Row first = key.row(null, null, 0);
    String[] names = {"modality", "tokenizer", "fingerprint"};
    for (int i = 0; i < names.length; i++) {
      columns[i] = lit(first.getString(i)).as(names[i]);
    }
    columns[3] = col("grouping");
    columns[4] = col("group");
    columns[5] = lit(key.slotAxis()).as("slot_axis");
    columns[6] = col("slot");
    for (int i = 0; i < values.length; i++) {
      columns[7 + i] = col(values[i]);
    }
    rows.select(columns).write().mode("append").parquet(folder + "/" + table);
  }
}
