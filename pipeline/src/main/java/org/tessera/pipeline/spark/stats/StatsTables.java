package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.collections4.iterators.IteratorChain;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.tessera.pipeline.stats.CodebookCounts;
import org.tessera.pipeline.stats.CorpusCounts;
import org.tessera.pipeline.stats.ErrorCounts;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.StorageMetrics;
import org.tessera.pipeline.stats.Sums;
import org.tessera.pipeline.stats.TokenCounts;
import org.tessera.pipeline.stats.UsageMetrics;
import scala.Tuple2;

/** The tables of statistics on disk; their columns are specified in {@code pipeline/STATS.md}. */
final class StatsTables {
  static final StructType METRICS =
      StructType.fromDDL(StatsKey.COLUMNS + "metric STRING, value DOUBLE");
  private static final StructType HISTOGRAM =
      StructType.fromDDL(StatsKey.COLUMNS + "code INT, count BIGINT");
  private static final StructType LENGTHS =
      StructType.fromDDL(StatsKey.COLUMNS + "length INT, rows BIGINT");
  private static final StructType ERRORS =
      StructType.fromDDL(StatsKey.COLUMNS + "level INT, lower DOUBLE, upper DOUBLE, count BIGINT");

  private final SparkSession spark;
  private final String folder;

  StatsTables(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /** Appends one tokenizer's statistics. */
  void write(
      JavaPairRDD<Tuple2<Integer, String>, byte[]> counted,
      List<Grouping> groupings,
      StatsKey key,
      CorpusCounts corpus,
      SlotLayout layout,
      TupleTables tuples,
      StorageMetrics.Bytes storage) {
    String[] names = groupings.stream().map(Grouping::name).toArray(String[]::new);
    TokenCounts overall = overall(counted);
    // A list for each job: the order of the rows does not depend on which ends first.
    List<Row> further = new ArrayList<>();
    List<Row> ofTuples = new ArrayList<>();
    Together.run(
        List.of(
            () ->
                save("histogram", rows(counted, names, key, StatsTables::histogramRows), HISTOGRAM),
            () -> save("lengths", rows(counted, names, key, StatsTables::lengthRows), LENGTHS),
            () ->
                save(
                    "quantization_error",
                    rows(counted, names, key, StatsTables::errorRows),
                    ERRORS),
            () ->
                further.addAll(new CorpusTables(spark, folder).write(key, corpus, layout, overall)),
            () -> ofTuples.addAll(tuples.write(key, folder))));
    further.addAll(ofTuples);
    StorageMetrics.of(storage, overall)
        .forEach((name, value) -> further.add(key.row(Grouping.ALL, "", -1, name, value)));
    Dataset<Row> metrics =
        spark
            .createDataFrame(rows(counted, names, key, StatsTables::metricRows), METRICS)
            .union(spark.createDataFrame(further, METRICS));
    if (names.length > 1) {
      metrics = metrics.union(new GroupTables(spark, folder).write(key));
    }
    metrics.coalesce(1).write().mode("append").parquet(folder + "/metrics");
  }

  private static TokenCounts overall(JavaPairRDD<Tuple2<Integer, String>, byte[]> counted) {
    return Sums.tokens(counted.filter(pair -> pair._1()._1() == 0).values().first());
  }

  private void save(String table, JavaRDD<Row> rows, StructType schema) {
    spark.createDataFrame(rows, schema).write().mode("append").parquet(folder + "/" + table);
  }

  /** Turns the counts of one group into rows. */
  private interface Rows extends java.io.Serializable {
    Iterator<Row> of(StatsKey key, String grouping, String group, TokenCounts counts);
  }

  private static JavaRDD<Row> rows(
      JavaPairRDD<Tuple2<Integer, String>, byte[]> counted,
      String[] names,
      StatsKey key,
      Rows rows) {
    return counted.flatMap(
        pair -> rows.of(key, names[pair._1()._1()], pair._1()._2(), Sums.tokens(pair._2())));
  }

  private static Iterator<Row> metricRows(
      StatsKey key, String grouping, String group, TokenCounts counts) {
    List<Row> rows = new ArrayList<>();
    Map<String, Double> all = new LinkedHashMap<>(counts.metrics());
    all.putAll(UsageMetrics.of(counts.together()));
    all.forEach((name, value) -> rows.add(key.row(grouping, group, -1, name, value)));
    for (int i = 0; i < counts.slots(); i++) {
      int slot = i;
      UsageMetrics.of(counts.slot(slot))
          .forEach((name, value) -> rows.add(key.row(grouping, group, slot, name, value)));
    }
    for (int i = 0; i < counts.errors().size(); i++) {
      int level = i;
      counts
          .errors()
          .get(level)
          .metrics()
          .forEach((name, value) -> rows.add(key.row(grouping, group, level, name, value)));
    }
    return rows.iterator();
  }

  /** One row per used code, and for everything in one group also one per unused code. */
  private static Iterator<Row> histogramRows(
      StatsKey key, String grouping, String group, TokenCounts counts) {
    boolean unusedToo = grouping.equals(Grouping.ALL);
    List<Iterator<? extends Row>> slots = new ArrayList<>();
    for (int i = 0; i < counts.slots(); i++) {
      int slot = i;
      CodebookCounts codes = counts.slot(slot);
      slots.add(
          IntStream.range(0, codes.codes())
              .filter(code -> unusedToo || codes.count(code) > 0)
              .mapToObj(code -> key.row(grouping, group, slot, code, codes.count(code)))
              .iterator());
    }
    return new IteratorChain<>(slots);
  }

  private static Iterator<Row> lengthRows(
      StatsKey key, String grouping, String group, TokenCounts counts) {
    return counts.lengths().rows().entrySet().stream()
        .map(entry -> key.row(grouping, group, -1, entry.getKey(), entry.getValue()))
        .iterator();
  }

  private static Iterator<Row> errorRows(
      StatsKey key, String grouping, String group, TokenCounts counts) {
    List<Row> rows = new ArrayList<>();
    for (int level = 0; level < counts.errors().size(); level++) {
      ErrorCounts errors = counts.errors().get(level);
      for (int bin = 0; bin < ErrorCounts.bins(); bin++) {
        if (errors.bin(bin) > 0) {
          double lower = ErrorCounts.lowerBound(bin);
          double upper = ErrorCounts.lowerBound(bin + 1);
          rows.add(key.row(grouping, group, -1, level, lower, upper, errors.bin(bin)));
        }
      }
    }
    return rows.iterator();
  }

  /** The written metrics of everything in one group, all slots together first. */
  List<StatsFlow.Entry> overall(StatsKey key) {
    Map<Integer, StatsFlow.Entry> entries = new TreeMap<>();
    for (Row row :
        spark
            .read()
            .schema(METRICS)
            .parquet(folder + "/metrics")
            .filter(
                col("grouping")
                    .equalTo(Grouping.ALL)
                    .and(col("fingerprint").equalTo(key.fingerprint())))
            .select("slot", "metric", "value")
            .collectAsList()) {
      entries
          .computeIfAbsent(
              row.getInt(0),
              slot ->
                  new StatsFlow.Entry(key.tokenizer(), key.slotAxis(), slot, new LinkedHashMap<>()))
          .metrics()
          .put(row.getString(1), row.getDouble(2));
    }
    return List.copyOf(entries.values());
  }
}
