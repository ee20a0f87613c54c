package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.tessera.pipeline.stats.Frequencies;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.TupleCounts;
import org.tessera.pipeline.stats.TupleKind;
import scala.Tuple2;

/**
 * Adds up the tables of tuples and writes what follows: entropies of n-grams, mutual information of
 * neighbours and of slots, and the most frequent next codes. Exact; Spark spills what does not fit.
 */
final class TupleTables {
  private static final StructType TUPLES =
      StructType.fromDDL("kind INT, radix BIGINT, key BIGINT, count BIGINT");
  private static final int NEXT = 8;

  private final SparkSession spark;
  private final JavaPairRDD<Tuple2<Integer, String>, byte[]> parts;
  private final List<TupleKind> kinds;

  TupleTables(
      SparkSession spark,
      JavaPairRDD<Tuple2<Integer, String>, byte[]> parts,
      List<TupleKind> kinds) {
    this.spark = spark;
    this.parts = parts;
    this.kinds = kinds;
  }

  /** Appends the table of next codes and returns rows of metrics. */
  List<Row> write(StatsKey key, TableFolder folder) {
    if (kinds.isEmpty()) {
      return List.of();
    }
    long[] radices = kinds.stream().mapToLong(TupleKind::lastRadix).toArray();
    Dataset<Row> tuples =
        spark
            .createDataFrame(
                parts.flatMap(
                    pair -> {
                      int kind = StatsTask.TUPLES - pair._1()._1();
                      return entries(kind, radices[kind], pair._2());
                    }),
                TUPLES)
            .groupBy("kind", "radix", "key")
            .agg(sum("count").as("count"))
            .persist(StorageLevel.DISK_ONLY());
    try {
      writeNext(tuples, key, folder);
      return metrics(tuples, key);
    } finally {
      tuples.unpersist();
    }
  }

  private static Iterator<Row> entries(int kind, long radix, byte[] table) {
    Iterator<TupleCounts.Entry> entries = TupleCounts.read(table);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return entries.hasNext();
      }

      @Override
      public Row next() {
        TupleCounts.Entry entry = entries.next();
        return RowFactory.create(kind, radix, entry.key(), entry.count());
      }
    };
  }

  private List<Row> metrics(Dataset<Row> tuples, StatsKey key) {
    Map<Integer, Frequencies> whole = frequencies(tuples);
    Dataset<Row> twos = tuples.filter(col("kind").isInCollection(kindsOf("bigram", "pair")));
    Map<Integer, Frequencies> first = frequencies(marginal(twos, firstOf()));
    Map<Integer, Frequencies> second = frequencies(marginal(twos, secondOf()));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      TupleKind kind = kinds.get(i);
      Frequencies own = whole.getOrDefault(i, new Frequencies());
      if (own.total() == 0) {
        continue;
      }
      add(rows, key, kind, own.metrics(kind.name()));
      if (first.containsKey(i)) {
        double firstBits = first.get(i).entropy();
        double secondBits = second.get(i).entropy();
        add(
            rows,
            key,
            kind,
            Map.of(
                kind.name() + "_conditional_entropy", own.entropy() - firstBits,
                kind.name() + "_mutual_information", firstBits + secondBits - own.entropy()));
      } else {
        Frequencies bigrams = whole.get(kinds.indexOf(bigramOf(kind)));
        add(
            rows,
            key,
            kind,
            Map.of("trigram_conditional_entropy", own.entropy() - bigrams.entropy()));
      }
    }
    return rows;
  }

  private TupleKind bigramOf(TupleKind trigram) {
    return kinds.stream()
        .filter(kind -> kind.name().equals("bigram") && kind.slot() == trigram.slot())
        .findFirst()
        .orElseThrow();
  }

  private static void add(
      List<Row> rows, StatsKey key, TupleKind kind, Map<String, Double> values) {
    values.forEach((name, value) -> rows.add(key.row(Grouping.ALL, "", kind.slot(), name, value)));
  }

  private List<Integer> kindsOf(String... names) {
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      if (List.of(names).contains(kinds.get(i).name())) {
        chosen.add(i);
      }
    }
    return chosen;
  }

  private static Column firstOf() {
    return expr("key div radix");
  }

  private static Column secondOf() {
    return col("key").mod(col("radix"));
  }

  private static Dataset<Row> marginal(Dataset<Row> tuples, Column code) {
    return tuples
        .select(col("kind"), code.as("key"), col("count"))
        .groupBy("kind", "key")
        .agg(sum("count").as("count"));
  }

  private static Map<Integer, Frequencies> frequencies(Dataset<Row> tuples) {
    Map<Integer, Frequencies> found = new HashMap<>();
    for (Row row : tuples.groupBy("kind", "count").agg(count(lit(1))).collectAsList()) {
      found
          .computeIfAbsent(row.getInt(0), any -> new Frequencies())
          .add(row.getLong(1), row.getLong(2));
    }
    return found;
  }

  /** The most frequent next codes of each code. */
  private void writeNext(Dataset<Row> tuples, StatsKey key, TableFolder folder) {
    int[] slots = kinds.stream().mapToInt(TupleKind::slot).toArray();
    Dataset<Row> ranked =
        tuples
            .filter(col("kind").isInCollection(kindsOf("bigram")))
            .select(col("kind"), firstOf().as("code"), secondOf().as("next"), col("count"))
            .withColumn(
                "rank",
                row_number()
                    .over(
                        Window.partitionBy("kind", "code")
                            .orderBy(col("count").desc(), col("next"))))
            .filter(col("rank").leq(NEXT));
    folder.append(
        "next",
        folder.rows(
            ranked
                .toJavaRDD()
                .map(
                    row ->
                        key.row(
                            Grouping.ALL,
                            "",
                            slots[row.getInt(0)],
                            (int) row.getLong(1),
                            row.getInt(4),
                            (int) row.getLong(2),
                            row.getLong(3))),
            StructType.fromDDL(StatsKey.COLUMNS + "code INT, rank INT, next INT, count BIGINT")));
  }
}
