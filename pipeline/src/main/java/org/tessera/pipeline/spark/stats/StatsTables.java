package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.stats.CodebookCounts;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.TokenCounts;
import org.tessera.pipeline.stats.UsageMetrics;
import scala.Tuple2;

/** The tables of statistics on disk; their columns are specified in {@code pipeline/FORMAT.md}. */
final class StatsTables {
  private static final String KEY =
      "modality STRING, tokenizer STRING, fingerprint STRING, grouping STRING, "
          + "group STRING, slot_axis STRING, slot INT, ";
  private static final StructType METRICS = StructType.fromDDL(KEY + "metric STRING, value DOUBLE");
  private static final StructType HISTOGRAM = StructType.fromDDL(KEY + "code INT, count BIGINT");

  private final SparkSession spark;
  private final String folder;

  StatsTables(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /** Appends one tokenizer's statistics. */
  void write(
      JavaPairRDD<Tuple2<Integer, String>, byte[]> counted,
      TokenizerManifest manifest,
      String fingerprint,
      List<Grouping> groupings) {
    String axis = new SlotLayout(manifest.layout()).axis();
    String modality = manifest.modality().id();
    String name = manifest.name();
    String[] names = groupings.stream().map(Grouping::name).toArray(String[]::new);
    spark
        .createDataFrame(
            counted.flatMap(
                pair -> {
                  Object[] key = {
                    modality, name, fingerprint, names[pair._1()._1()], pair._1()._2(), axis
                  };
                  return metrics(key, TokenCounts.fromBytes(pair._2()));
                }),
            METRICS)
        .coalesce(1)
        .write()
        .mode("append")
        .parquet(folder + "/metrics");
    spark
        .createDataFrame(
            counted.flatMap(
                pair -> {
                  Object[] key = {
                    modality, name, fingerprint, names[pair._1()._1()], pair._1()._2(), axis
                  };
                  return histogram(
                      key, TokenCounts.fromBytes(pair._2()), names[pair._1()._1()].equals("all"));
                }),
            HISTOGRAM)
        .write()
        .mode("append")
        .parquet(folder + "/histogram");
  }

  private static Iterator<Row> metrics(Object[] key, TokenCounts counts) {
    List<Row> rows = new ArrayList<>();
    for (int slot = -1; slot < counts.slots(); slot++) {
      CodebookCounts codes = slot < 0 ? counts.together() : counts.slot(slot);
      Map<String, Double> metrics = new LinkedHashMap<>();
      if (slot < 0) {
        metrics.put("rows", (double) counts.rows());
      }
      metrics.putAll(UsageMetrics.of(codes));
      int index = slot;
      metrics.forEach((name, value) -> rows.add(row(key, index, name, value)));
    }
    return rows.iterator();
  }

  /** One row per used code, and for everything in one group also one per unused code. */
  private static Iterator<Row> histogram(Object[] key, TokenCounts counts, boolean unusedToo) {
    List<Iterator<Row>> slots = new ArrayList<>();
    for (int slot = 0; slot < counts.slots(); slot++) {
      int index = slot;
      CodebookCounts codes = counts.slot(slot);
      slots.add(
          java.util.stream.IntStream.range(0, codes.codes())
              .filter(code -> unusedToo || codes.count(code) > 0)
              .mapToObj(code -> row(key, index, code, codes.count(code)))
              .iterator());
    }
    return new org.apache.commons.collections4.iterators.IteratorChain<>(slots);
  }

  private static Row row(Object[] key, int slot, Object name, Object value) {
    Object[] values = java.util.Arrays.copyOf(key, key.length + 3);
    values[key.length] = slot;
    values[key.length + 1] = name;
    values[key.length + 2] = value;
    return RowFactory.create(values);
  }

  /** The written metrics of everything in one group, all slots together first. */
  List<StatsFlow.Entry> overall(TokenizerManifest manifest, String fingerprint) {
    Map<Integer, StatsFlow.Entry> entries = new java.util.TreeMap<>();
    for (Row row :
        spark
            .read()
            .schema(METRICS)
            .parquet(folder + "/metrics")
            .filter(
                col("grouping").equalTo(Grouping.ALL).and(col("fingerprint").equalTo(fingerprint)))
            .select("slot_axis", "slot", "metric", "value")
            .collectAsList()) {
      entries
          .computeIfAbsent(
              row.getInt(1),
              slot ->
                  new StatsFlow.Entry(
                      manifest.name(),
                      Grouping.ALL,
                      "",
                      row.getString(0),
                      slot,
                      new LinkedHashMap<>()))
          .metrics()
          .put(row.getString(2), row.getDouble(3));
    }
    return List.copyOf(entries.values());
  }
}
