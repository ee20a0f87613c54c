package org.tessera.pipeline.spark.stats;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lead;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.tessera.pipeline.stats.Grouping;

/** Metrics as SQL; their definitions are in {@code pipeline/STATS.md}. */
final class SqlMetrics {
  private SqlMetrics() {}

  /** The metrics of a histogram's groups and slots: grouping, group, slot, metric, value. */
  static Dataset<Row> usage(Dataset<Row> histogram, Column radix) {
    Dataset<Row> ranked =
        histogram
            .filter(col("count").gt(0))
            .withColumn(
                "rank",
                row_number()
                    .over(
                        Window.partitionBy("grouping", "group", "slot")
                            .orderBy(col("count").desc(), col("code"))))
            .withColumn("c", col("count").cast("double"))
            .withColumn("x", expr("ln(cast(rank as double))"))
            .withColumn("y", expr("ln(c)"));
    Dataset<Row> sums =
        ranked
            .groupBy("grouping", "group", "slot")
            .agg(
                sum("c").as("n"),
                count(lit(1)).cast("double").as("u"),
                expr("max(c)").as("most"),
                expr("min(c)").as("least"),
                expr("sum(c * log2(c))").as("clogc"),
                expr("sum(c * rank)").as("weighted"),
                expr("sum(if(rank <= 10, c, 0D))").as("top10"),
                expr("sum(if(rank <= 100, c, 0D))").as("top100"),
                sum("x").as("sx"),
                sum("y").as("sy"),
                expr("sum(x * x)").as("sxx"),
                expr("sum(x * y)").as("sxy"))
            .withColumn("k", radix.cast("double"))
            .withColumn("h", expr("if(u = 1D, 0D, log2(n) - clogc / n)"));
    Map<String, String> metrics = new LinkedHashMap<>();
    metrics.put("tokens", "n");
    metrics.put("codes", "k");
    metrics.put("codes_used", "u");
    metrics.put("codes_dead", "k - u");
    metrics.put("utilisation", "u / k");
    metrics.put("entropy", "h");
    metrics.put("entropy_miller_madow", "h + (u - 1D) / (2D * n * ln(2D))");
    metrics.put("entropy_maximum", "log2(k)");
    metrics.put("entropy_normalised", "if(k > 1D, h / log2(k), null)");
    metrics.put("perplexity", "power(2D, h)");
    metrics.put("information_bits", "n * h");
    metrics.put("min_frequency", "least / n");
    metrics.put("max_frequency", "most / n");
    metrics.put("gini", "(k + 1D - 2D * weighted / n) / k");
    metrics.put("top_1_mass", "most / n");
    metrics.put("top_10_mass", "if(k >= 10D, top10 / n, null)");
    metrics.put("top_100_mass", "if(k >= 100D, top100 / n, null)");
    metrics.put("zipf_exponent", "if(u >= 3D, -(u * sxy - sx * sy) / (u * sxx - sx * sx), null)");
    return tidy(sums, metrics);
  }

  /** The metrics of ids that follow each other in a slot, for everything in one group. */
  static Dataset<Row> bigrams(Dataset<Row> ids) {
    Dataset<Row> counted =
        ids.withColumn(
                "next", lead("code", 1).over(Window.partitionBy("sample_id", "slot").orderBy("at")))
            .filter(col("next").isNotNull())
            .groupBy("slot", "code", "next")
            .agg(count(lit(1)).cast("double").as("c"));
    Dataset<Row> both = entropy(counted, "both");
    Dataset<Row> first = entropy(counted.groupBy("slot", "code").agg(sum("c").as("c")), "first");
    Dataset<Row> second = entropy(counted.groupBy("slot", "next").agg(sum("c").as("c")), "second");
    Dataset<Row> joined =
        both.join(first.select(col("slot").as("s1"), col("first")), expr("slot = s1"))
            .join(second.select(col("slot").as("s2"), col("second")), expr("slot = s2"))
            .withColumn("grouping", lit(Grouping.ALL))
            .withColumn("group", lit(""));
    Map<String, String> metrics = new LinkedHashMap<>();
    metrics.put("bigram_total", "n");
    metrics.put("bigram_distinct", "distinct");
    metrics.put("bigram_entropy", "both");
    metrics.put("bigram_conditional_entropy", "both - first");
    metrics.put("bigram_mutual_information", "first + second - both");
    return tidy(joined, metrics);
  }

  private static Dataset<Row> entropy(Dataset<Row> counted, String name) {
    return counted
        .groupBy("slot")
        .agg(
            sum("c").as("n"),
            count(lit(1)).cast("double").as("distinct"),
            expr("sum(c * log2(c))").as("clogc"))
        .withColumn(name, expr("if(distinct = 1D, 0D, log2(n) - clogc / n)"));
  }

  /** One row per metric, from one column per metric. */
  private static Dataset<Row> tidy(Dataset<Row> wide, Map<String, String> metrics) {
    Column[] pairs =
        metrics.entrySet().stream()
            .map(
                entry ->
                    struct(
                        lit(entry.getKey()).as("metric"),
                        expr("cast(" + entry.getValue() + " as double)").as("value")))
            .toArray(Column[]::new);
    return wide.select(col("grouping"), col("group"), col("slot"), explode(array(pairs)).as("pair"))
        .select(
            col("grouping"),
            col("group"),
            col("slot"),
            col("pair.metric").as("metric"),
            col("pair.value").as("value"))
        .filter(col("value").isNotNull());
  }
}
