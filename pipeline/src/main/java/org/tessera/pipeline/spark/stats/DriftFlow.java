package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.MapGroupsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.tessera.pipeline.stats.Divergence;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.storage.Storage;

/**
 * Compares two sets of statistics: how far the use of each codebook has moved, for all rows and for
 * each group that both have. Used by one thread.
 */
public final class DriftFlow {
  private static final List<String> KEY =
      List.of("fingerprint", "modality", "tokenizer", "grouping", "group", "slot_axis", "slot");
  private static final StructType ROW =
      StructType.fromDDL(
          "modality STRING, tokenizer STRING, fingerprint STRING, grouping STRING, group STRING, "
              + "slot_axis STRING, slot INT, numbers ARRAY<DOUBLE>");

  private final SparkSession spark;
  private final Storage baseline;
  private final Storage candidate;

  /**
   * Prepares; nothing is read yet.
   *
   * @param baseline the output of {@code stats} to compare with
   * @param candidate the output of {@code stats} to judge
   */
  public DriftFlow(SparkSession spark, String baseline, String candidate) throws IOException {
    this.spark = spark;
    this.baseline = new Storage(baseline, spark.sparkContext().hadoopConfiguration());
    this.candidate = new Storage(candidate, spark.sparkContext().hadoopConfiguration());
  }

  /**
   * One comparison.
   *
   * @param tokenizer the tokenizer's name
   * @param fingerprint its fingerprint
   * @param grouping what was grouped by
   * @param group the group
   * @param slotAxis what the slots are
   * @param slot the slot
   * @param divergence how far apart
   */
  public record Entry(
      String tokenizer,
      String fingerprint,
      String grouping,
      String group,
      String slotAxis,
      int slot,
      Divergence divergence) {}

  /**
   * Compares.
   *
   * @return sorted by tokenizer, grouping ({@code all} first), group and slot
   * @throws IllegalStateException when one has no statistics, or no tokenizer made both
   */
  public List<Entry> run() throws IOException {
    Dataset<Row> before = histogram(baseline);
    Dataset<Row> after = histogram(candidate);
    Dataset<Row> totals =
        totals(before, "baseline")
            .join(totals(after, "candidate"), columns(KEY))
            .join(radices(), columns(List.of("fingerprint", "slot")));
    List<String> withCode = new ArrayList<>(KEY);
    withCode.add("code");
    Dataset<Row> both =
        before
            .withColumnRenamed("count", "c")
            .join(after.withColumnRenamed("count", "d"), columns(withCode), "full_outer")
            .join(totals, columns(KEY))
            .select(
                concat_ws("\u0001", keyColumns()).as("key"),
                col("fingerprint"),
                col("modality"),
                col("tokenizer"),
                col("grouping"),
                col("group"),
                col("slot_axis"),
                col("slot"),
                col("baseline"),
                col("candidate"),
                col("radix"),
                coalesce(col("c"), lit(0L)).as("c"),
                coalesce(col("d"), lit(0L)).as("d"));
    List<Entry> entries = new ArrayList<>();
    for (Row row :
        both.groupByKey((MapFunction<Row, String>) r -> r.getString(0), Encoders.STRING())
            .mapGroups(
                (MapGroupsFunction<String, Row, Row>) (key, rows) -> compare(rows),
                Encoders.row(ROW))
            .collectAsList()) {
      entries.add(entry(row));
    }
    if (entries.isEmpty()) {
      throw new IllegalStateException(
          "Cannot compare "
              + candidate.root()
              + " with "
              + baseline.root()
              + ": no tokenizer made tokens of both, and ids of different tokenizers mean different"
              + " things (tokenize both with one bundle)");
    }
    entries.sort(
        Comparator.comparing(Entry::tokenizer)
            .thenComparing(Entry::fingerprint)
            .thenComparing(e -> e.grouping().equals(Grouping.ALL) ? "" : e.grouping())
            .thenComparing(Entry::group)
            .thenComparing(Entry::slot));
    return entries;
  }

  private static Column[] keyColumns() {
    return KEY.stream().map(name -> col(name)).toArray(Column[]::new);
  }

  private static scala.collection.immutable.Seq<String> columns(List<String> names) {
    return scala.jdk.javaapi.CollectionConverters.asScala(names).toSeq();
  }

  private Dataset<Row> histogram(Storage stats) throws IOException {
    if (!stats.exists(StatsFlow.FOLDER + "/summary.json")) {
      throw new IllegalStateException(
          "Cannot compare statistics: there are none in "
              + stats.root()
              + " (run tessera stats on it first)");
    }
    return spark
        .read()
        .parquet(stats.path(StatsFlow.FOLDER + "/histogram").toString())
        .filter(col("count").gt(0));
  }

  private static Dataset<Row> totals(Dataset<Row> histogram, String name) {
    return histogram
        .groupBy(keyColumns())
        .agg(org.apache.spark.sql.functions.sum("count").as(name));
  }

  /** The number of codes of each slot. */
  private Dataset<Row> radices() {
    return spark
        .read()
        .parquet(candidate.path(StatsFlow.FOLDER + "/metrics").toString())
        .filter(col("metric").equalTo("codes").and(col("grouping").equalTo(Grouping.ALL)))
        .select(col("fingerprint"), col("slot"), col("value").cast("bigint").as("radix"));
  }

  private static Row compare(Iterator<Row> rows) {
    Row row = rows.next();
    Divergence.Sum sum =
        new Divergence.Sum(
            row.<Long>getAs("baseline"), row.<Long>getAs("candidate"), row.<Long>getAs("radix"));
    Row first = row;
    sum.add(row.<Long>getAs("c"), row.<Long>getAs("d"));
    while (rows.hasNext()) {
      row = rows.next();
      sum.add(row.<Long>getAs("c"), row.<Long>getAs("d"));
    }
    Divergence d = sum.done();
    return RowFactory.create(
        first.getAs("modality"),
        first.getAs("tokenizer"),
        first.getAs("fingerprint"),
        first.getAs("grouping"),
        first.getAs("group"),
        first.getAs("slot_axis"),
        first.getAs("slot"),
        scala.jdk.javaapi.CollectionConverters.asScala(
            List.of(
                (double) d.baseline(),
                (double) d.candidate(),
                (double) d.codes(),
                (double) d.appeared(),
                (double) d.vanished(),
                d.totalVariation(),
                d.totalVariationNoise(),
                d.jensenShannon(),
                d.chiSquare(),
                d.psi())));
  }

  private static Entry entry(Row row) {
    List<Double> n = row.getList(7);
    return new Entry(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getInt(6),
        new Divergence(
            n.get(0).longValue(),
            n.get(1).longValue(),
            n.get(2).longValue(),
            n.get(3).longValue(),
            n.get(4).longValue(),
            n.get(5),
            n.get(6),
            n.get(7),
            n.get(8),
            n.get(9)));
  }
}
