package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.io.IOException;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.tessera.pipeline.ledger.OutputLayout;

/** Token rows beside the planned input that each came from, so that it can be read again. */
final class PlannedRows {
  private PlannedRows() {}

  /** Adds the column {@code input}; rows of one file are together and in order. */
  static Dataset<Row> join(Tables tables, Dataset<Row> rows, List<String> runs) throws IOException {
    Dataset<Row> plan = null;
    for (String run : runs) {
      Dataset<Row> own =
          rows.sparkSession()
              .read()
              .parquet(tables.storage().path(OutputLayout.plan(run)).toString())
              .select(col("uri"), col("input"), lit(run).as("run"));
      plan = plan == null ? own : plan.union(own);
    }
    return rows.join(
            plan,
            scala.jdk.javaapi.CollectionConverters.asScala(List.of("run", "uri")).toSeq(),
            "left")
        .repartition(
            Math.max(1, rows.sparkSession().sparkContext().defaultParallelism()),
            col("uri"),
            col("member"))
        .sortWithinPartitions("uri", "member", "segment", "channel");
  }
}
