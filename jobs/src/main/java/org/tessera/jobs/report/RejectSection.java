package org.tessera.jobs.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.tessera.pipeline.spark.Tables;

/** Rejected samples by phase and code, with examples. */
final class RejectSection {
  private static final int EXAMPLES = 3;
  private static final int MOST_TEXT = 400;

  private final Tables tables;

  RejectSection(Tables tables) {
    this.tables = tables;
  }

  /** One object per modality, phase and code, the most frequent first. */
  void write(ObjectNode report) throws IOException {
    ArrayNode rejects = report.putArray("rejects");
    Optional<Dataset<Row>> rows = tables.rejects();
    if (rows.isEmpty()) {
      return;
    }
    WindowSpec kind = Window.partitionBy("modality", "phase", "code");
    List<Row> examples =
        rows.get()
            .withColumn("number", row_number().over(kind.orderBy("uri", "member", "sample_id")))
            .withColumn("all", count(lit(1)).over(kind))
            .filter(col("number").leq(EXAMPLES))
            .orderBy(col("all").desc(), col("modality"), col("phase"), col("code"), col("number"))
            .select("modality", "phase", "code", "all", "uri", "member", "message", "offset")
            .collectAsList();
    Map<List<String>, ArrayNode> kinds = new LinkedHashMap<>();
    for (Row row : examples) {
      kinds
          .computeIfAbsent(
              List.of(row.getString(0), row.getString(1), row.getString(2)),
              any ->
                  rejects
                      .addObject()
                      .put("modality", row.getString(0))
                      .put("phase", row.getString(1))
                      .put("code", row.getString(2))
                      .put("count", row.getLong(3))
                      .putArray("examples"))
          .addObject()
          .put("uri", cut(row.getString(4)))
          .put("member", cut(row.getString(5)))
          .put("message", cut(row.getString(6)))
          .put("offset", row.isNullAt(7) ? null : row.getLong(7));
    }
  }

  private static String cut(String text) {
    return text.length() <= MOST_TEXT ? text : text.substring(0, MOST_TEXT) + "…";
  }
}
