package org.tessera.pipeline.spark.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.commons.collections4.iterators.IteratorChain;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
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

  private static final int THREADS = 4;

  private final TableFolder folder;

  StatsTables(TableFolder folder) {
    this.folder = folder;
  }

  /**
   * Appends one tokenizer's statistics: those of all rows as files, those of groups by jobs.
   *
   * @return the metrics of all rows, all slots together first
   */
  List<StatsFlow.Entry> write(
      Counted counted,
      List<Grouping> groupings,
      StatsKey key,
      SlotLayout layout,
      TupleTables tuples,
      long sourceBytes)
      throws IOException {
    String[] names = groupings.stream().map(Grouping::name).toArray(String[]::new);
    TokenCounts overall = counted.overall();
    CorpusCounts corpus = counted.corpus();
    List<Row> metrics = new ArrayList<>();
    metricRows(key, Grouping.ALL, "", overall).forEachRemaining(metrics::add);
    Together.call(
            THREADS,
            List.<Callable<List<Row>>>of(
                () -> save("histogram", HISTOGRAM, names, key, counted, StatsTables::histogramRows),
                () -> save("lengths", LENGTHS, names, key, counted, StatsTables::lengthRows),
                () ->
                    save("quantization_error", ERRORS, names, key, counted, StatsTables::errorRows),
                () -> CorpusTables.write(folder, key, corpus, layout, overall),
                () -> tuples.write(key, folder)))
        .forEach(metrics::addAll);
    StorageMetrics.of(new StorageMetrics.Bytes(corpus.idBytes(), sourceBytes), overall)
        .forEach((name, value) -> metrics.add(key.row(Grouping.ALL, "", -1, name, value)));
    folder.write("metrics", key, METRICS, metrics.iterator());
    if (names.length > 1) {
      folder.append(
          "metrics",
          folder
              .rows(rows(counted.groups(), names, key, StatsTables::metricRows), METRICS)
              .coalesce(1));
    }
    return entries(key, metrics);
  }

  /** Writes a table of all rows and of the groups; it has no metrics. */
  private List<Row> save(
      String table, StructType schema, String[] names, StatsKey key, Counted counted, Rows rows)
      throws IOException {
    folder.write(table, key, schema, rows.of(key, Grouping.ALL, "", counted.overall()));
    if (names.length > 1) {
      folder.append(table, folder.rows(rows(counted.groups(), names, key, rows), schema));
    }
    return List.of();
  }

  /** Turns the counts of one group into rows. */
  private interface Rows extends java.io.Serializable {
    Iterator<Row> of(StatsKey key, String grouping, String group, TokenCounts counts);
  }

  private static JavaRDD<Row> rows(
      JavaPairRDD<Tuple2<Integer, String>, byte[]> groups,
      String[] names,
      StatsKey key,
      Rows rows) {
    return groups.flatMap(
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

  /** Rows of metrics by slot, all slots together first. */
  static List<StatsFlow.Entry> entries(StatsKey key, List<Row> metrics) {
    Map<Integer, StatsFlow.Entry> entries = new TreeMap<>();
    for (Row row : metrics) {
      entries
          .computeIfAbsent(
              row.getInt(6),
              slot ->
                  new StatsFlow.Entry(key.tokenizer(), key.slotAxis(), slot, new LinkedHashMap<>()))
          .metrics()
          .put(row.getString(7), row.getDouble(8));
    }
    return List.copyOf(entries.values());
  }
}
