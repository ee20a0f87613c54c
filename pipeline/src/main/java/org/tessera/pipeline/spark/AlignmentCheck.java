package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.tessera.pipeline.export.Alignment;
import org.tessera.pipeline.export.ExportRow;

/** Whether the rows of one sample id show the same in all token tables of an output. */
final class AlignmentCheck implements MapPartitionsFunction<Row, String> {
  private static final long serialVersionUID = 1L;

  private AlignmentCheck() {}

  /** What is wrong, a few samples at most. */
  static List<String> findings(Dataset<Row> tokens, int examples) {
    return tokens
        .groupBy("sample_id")
        .agg(
            collect_list(
                    struct(
                        "tokenizer",
                        "sample_id",
                        "uri",
                        "member",
                        "segment",
                        "channel",
                        "start_s",
                        "end_s",
                        "content_sha256",
                        "geometry"))
                .as("rows"))
        .filter(size(col("rows")).gt(1))
        .mapPartitions(new AlignmentCheck(), Encoders.STRING())
        .limit(examples)
        .collectAsList();
  }

  @Override
  public Iterator<String> call(Iterator<Row> groups) {
    List<String> findings = new ArrayList<>();
    while (groups.hasNext()) {
      List<ExportRow> rows = new ArrayList<>();
      Set<String> tokenizers = new HashSet<>();
      for (Row row : groups.next().<Row>getList(1)) {
        rows.add(row(row));
        tokenizers.add(row.getString(0));
      }
      // Two rows of one tokenizer are found, and told, elsewhere.
      if (tokenizers.size() == rows.size()) {
        try {
          Alignment.check(rows);
        } catch (IllegalArgumentException e) {
          findings.add(e.getMessage());
        }
      }
    }
    return findings.iterator();
  }

  private static ExportRow row(Row row) {
    return new ExportRow(
        row.getString(0),
        new ExportRow.Identity(
            row.getString(1),
            row.getString(2),
            row.getString(3),
            row.getInt(4),
            row.getInt(5),
            row.getDouble(6),
            row.getDouble(7),
            row.getString(8)),
        new int[0],
        new int[0],
        ExportRow.Crop.of(row.getString(9)),
        new TreeMap<>());
  }
}
