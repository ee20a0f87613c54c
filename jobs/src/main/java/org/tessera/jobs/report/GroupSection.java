package org.tessera.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.tessera.pipeline.stats.Grouping;

/** How the groups of each grouping differ: the largest ones. */
final class GroupSection {
  private static final int MOST_GROUPS = 24;
  private static final List<String> SHOWN =
      List.of(
          "rows",
          "tokens",
          "codes_used",
          "utilisation",
          "entropy",
          "entropy_maximum",
          "perplexity");

  private final SparkSession spark;
  private final String folder;

  GroupSection(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /** Adds {@code groupings} to a codebook's object. */
  void write(String fingerprint, ObjectNode codebook) {
    Dataset<Row> metrics =
        spark
            .read()
            .parquet(folder + "/metrics")
            .filter(
                col("fingerprint")
                    .equalTo(fingerprint)
                    .and(col("grouping").notEqual(Grouping.ALL))
                    .and(col("slot").equalTo(-1).or(col("group").isNull())));
    Dataset<Row> largest =
        metrics
            .filter(col("metric").equalTo("tokens"))
            .withColumn(
                "place",
                row_number()
                    .over(
                        Window.partitionBy("grouping").orderBy(col("value").desc(), col("group"))))
            .filter(col("place").leq(MOST_GROUPS))
            .select("grouping", "group", "place");
    Map<String, ObjectNode> groupings = new LinkedHashMap<>();
    Map<List<String>, ObjectNode> groups = new HashMap<>();
    ArrayNode list = codebook.putArray("groupings");
    for (Row row :
        metrics
            .filter(col("metric").isInCollection(SHOWN))
            .join(
                largest,
                scala.jdk.javaapi.CollectionConverters.asScala(List.of("grouping", "group"))
                    .toSeq())
            .orderBy("grouping", "place")
            .select("grouping", "group", "metric", "value")
            .collectAsList()) {
      ObjectNode grouping =
          groupings.computeIfAbsent(
              row.getString(0), name -> list.addObject().put("grouping", name));
      groups
          .computeIfAbsent(
              List.of(row.getString(0), row.getString(1)),
              any ->
                  grouping.withArrayProperty("groups").addObject().put("group", row.getString(1)))
          .put(row.getString(2), row.getDouble(3));
    }
    association(metrics, groupings);
  }

  private static void association(Dataset<Row> metrics, Map<String, ObjectNode> groupings) {
    for (Row row :
        metrics
            .filter(col("group").isNull().and(col("slot").lt(CodebookSection.MOST_SLOTS)))
            .orderBy("grouping", "slot")
            .select("grouping", "slot", "metric", "value")
            .collectAsList()) {
      ObjectNode grouping = groupings.get(row.getString(0));
      if (grouping != null) {
        grouping
            .withObjectProperty("whole")
            .withObjectProperty(Integer.toString(row.getInt(1)))
            .put(row.getString(2), row.getDouble(3));
      }
    }
  }
}
