package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.log2;
import static org.apache.spark.sql.functions.map;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sqrt;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.tessera.pipeline.stats.Grouping;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How far groups differ in the codes they use, from the written histogram: mutual information and
 * chi-square of code and group, and what share of a group's most frequent codes no other group has
 * among its own.
 */
final class GroupTables {
  /** How many of a group's most frequent codes are compared. */
  static final int TOP = 100;

  /** Beyond so many groups the pairs are not written. */
  private static final int MOST_PAIRED = 200;

  private static final List<String> KEY =
      List.of("modality", "tokenizer", "fingerprint", "grouping", "group", "slot_axis", "slot");

  private final TableFolder folder;

  GroupTables(TableFolder folder) {
    this.folder = folder;
  }

  /** Appends the pairs and the metrics of all tokenizers' groups. */
  void write() {
    Dataset<Row> histogram =
        folder
            .read("histogram")
            .filter(col("grouping").notEqual(Grouping.ALL).and(col("count").gt(0)));
    Dataset<Row> top =
        histogram
            .withColumn(
                "rank",
                row_number()
                    .over(
                        over("grouping", "slot", "group")
                            .orderBy(col("count").desc(), col("code"))))
            .filter(col("rank").leq(TOP))
            .withColumn("sharers", count(lit(1)).over(over("grouping", "slot", "code")))
            .withColumn("top", count(lit(1)).over(over("grouping", "slot", "group")));
    writePairs(top);
    folder.append("metrics", association(histogram).union(uniqueness(top)).coalesce(1));
  }

  /** A tokenizer's rows that have these columns in common. */
  private static WindowSpec over(String... columns) {
    return Window.partitionBy("fingerprint", columns);
  }

  private static Dataset<Row> association(Dataset<Row> histogram) {
    Dataset<Row> counted =
        histogram
            .withColumn("n_group", sum("count").over(over("grouping", "slot", "group")))
            .withColumn("n_code", sum("count").over(over("grouping", "slot", "code")))
            .withColumn("n", sum("count").over(over("grouping", "slot")));
    Column p = col("count").divide(col("n"));
    Column expected =
        col("n_group").cast("double").multiply(col("n_code")).divide(col("n").cast("double"));
    Column share =
        col("count")
            .cast("double")
            .multiply(col("count"))
            .divide(col("n_group").cast("double").multiply(col("n_code")));
    Dataset<Row> sums =
        counted
            .groupBy("modality", "tokenizer", "fingerprint", "grouping", "slot_axis", "slot")
            .agg(
                sum(p.multiply(log2(col("count").divide(expected)))).as("group_mutual_information"),
                sum(share).minus(1).as("phi2"),
                max("n").as("n"),
                org.apache.spark.sql.functions.countDistinct(col("group")).as("groups"),
                org.apache.spark.sql.functions.countDistinct(col("code")).as("codes"))
            .withColumn("group", lit(null).cast("string"))
            .withColumn("group_chi_square", col("phi2").multiply(col("n")))
            .withColumn("least", least(col("groups"), col("codes")).minus(1))
            .withColumn(
                "group_cramers_v",
                when(col("least").gt(0), sqrt(col("phi2").divide(col("least")))));
    return tidy(sums, "group_mutual_information", "group_chi_square", "group_cramers_v");
  }

  private static Dataset<Row> uniqueness(Dataset<Row> top) {
    Dataset<Row> shares =
        top.groupBy(CollectionConverters.asScala(KEY.stream().map(c -> col(c)).toList()).toSeq())
            .agg(
                sum(when(col("sharers").equalTo(1), 1.0).otherwise(0.0))
                    .divide(count(lit(1)))
                    .as("top_uniqueness"));
    return tidy(shares, "top_uniqueness");
  }

  /** One row per metric, from one column per metric. */
  private static Dataset<Row> tidy(Dataset<Row> wide, String... metrics) {
    Column[] pairs = new Column[metrics.length * 2];
    for (int i = 0; i < metrics.length; i++) {
      pairs[2 * i] = lit(metrics[i]);
      pairs[2 * i + 1] = col(metrics[i]);
    }
    Column[] columns = new Column[KEY.size() + 1];
    for (int i = 0; i < KEY.size(); i++) {
      columns[i] = col(KEY.get(i));
    }
    columns[KEY.size()] = explode(map(pairs)).as(new String[] {"metric", "value"});
    return wide.select(columns).filter(col("value").isNotNull());
  }

  /** The overlap of the most frequent codes of each two groups. */
  private void writePairs(Dataset<Row> top) {
    Dataset<Row> few =
        top.withColumn(
                "groups",
                org.apache.spark.sql.functions.size(
                    org.apache
                        .spark
                        .sql
                        .functions
                        .collect_set("group")
                        .over(over("grouping", "slot"))))
            .filter(col("groups").leq(MOST_PAIRED));
    Dataset<Row> other =
        few.select(
            col("fingerprint").as("f"),
            col("grouping").as("g"),
            col("slot").as("s"),
            col("code").as("c"),
            col("group").as("other"),
            col("top").as("other_top"));
    folder.append(
        "overlap",
        few.join(
                other,
                col("fingerprint")
                    .equalTo(col("f"))
                    .and(col("grouping").equalTo(col("g")))
                    .and(col("slot").equalTo(col("s")))
                    .and(col("code").equalTo(col("c")))
                    .and(col("group").lt(col("other"))))
            .groupBy(
                "modality",
                "tokenizer",
                "fingerprint",
                "grouping",
                "group",
                "slot_axis",
                "slot",
                "other",
                "top",
                "other_top")
            .agg(count(lit(1)).as("shared"))
            .withColumn(
                "jaccard",
                col("shared").divide(col("top").plus(col("other_top")).minus(col("shared"))))
            .drop("top", "other_top"));
  }
}
