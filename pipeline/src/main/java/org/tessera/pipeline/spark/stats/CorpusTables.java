package org.tessera.pipeline.spark.stats;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.tessera.pipeline.stats.CodebookCounts;
import org.tessera.pipeline.stats.CorpusCounts;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.Growth;
import org.tessera.pipeline.stats.GrowthMetrics;
import org.tessera.pipeline.stats.PositionCounts;
import org.tessera.pipeline.stats.SampleMetrics;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.TokenCounts;
import org.tessera.pipeline.stats.UsageMetrics;

/** Writes what is known of all rows together only: growth curves and metrics along an axis. */
final class CorpusTables {
  private static final StructType GROWTH =
      StructType.fromDDL(StatsKey.COLUMNS + "tokens BIGINT, distinct_codes BIGINT");
  private static final StructType POSITIONS =
      StructType.fromDDL(
          StatsKey.COLUMNS + "axis STRING, position INT, metric STRING, value DOUBLE");

  private final SparkSession spark;
  private final String folder;

  CorpusTables(SparkSession spark, String folder) {
    this.spark = spark;
    this.folder = folder;
  }

  /** Appends the tables and returns rows of metrics. */
  List<Row> write(StatsKey key, CorpusCounts corpus, SlotLayout layout, TokenCounts counts) {
    List<Row> metrics = new ArrayList<>();
    List<Row> growth = new ArrayList<>();
    for (int i = 0; i < layout.slots(); i++) {
      int slot = i;
      List<Growth.Point> curve = corpus.growth(slot).curve(counts.slot(slot));
      for (Growth.Point point : curve) {
        growth.add(key.row(Grouping.ALL, "", slot, point.tokens(), point.distinct()));
      }
      GrowthMetrics.of(curve)
          .forEach((name, value) -> metrics.add(key.row(Grouping.ALL, "", slot, name, value)));
      SampleMetrics.of(corpus.sample(), layout, slot)
          .forEach((name, value) -> metrics.add(key.row(Grouping.ALL, "", slot, name, value)));
    }
    save("growth", growth, GROWTH);
    if (corpus.positions() != null) {
      save("positions", positions(key, corpus.positions()), POSITIONS);
    }
    return metrics;
  }

  private static List<Row> positions(StatsKey key, PositionCounts positions) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < positions.places(); i++) {
      int place = i;
      for (int j = 0; j < positions.slots(); j++) {
        int slot = j;
        CodebookCounts counts = positions.counts(place, slot);
        UsageMetrics.basic(counts)
            .forEach(
                (name, value) ->
                    rows.add(
                        key.row(Grouping.ALL, "", slot, positions.axis(), place, name, value)));
      }
    }
    return rows;
  }

  private void save(String table, List<Row> rows, StructType schema) {
    spark
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .mode("append")
        .parquet(folder + "/" + table);
  }
}
