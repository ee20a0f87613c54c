package org.tessera.pipeline.spark.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.Row;
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

  private CorpusTables() {}

  /** Writes the tables and returns rows of metrics. */
  static List<Row> write(
      TableFolder folder, StatsKey key, CorpusCounts corpus, SlotLayout layout, TokenCounts counts)
      throws IOException {
    List<Row> metrics = new ArrayList<>();
    List<Row> growth = new ArrayList<>();
    List<Callable<Map<String, Double>>> samples = new ArrayList<>();
    for (int i = 0; i < layout.slots(); i++) {
      int slot = i;
      samples.add(() -> SampleMetrics.of(corpus.sample(), layout, slot));
    }
    // Compressing a sample takes most of the time that statistics of a small input take.
    List<Map<String, Double>> sampled =
        Together.call(Runtime.getRuntime().availableProcessors(), samples);
    for (int i = 0; i < layout.slots(); i++) {
      int slot = i;
      List<Growth.Point> curve = corpus.growth(slot).curve(counts.slot(slot));
      for (Growth.Point point : curve) {
        growth.add(key.row(Grouping.ALL, "", slot, point.tokens(), point.distinct()));
      }
      Map<String, Double> all = new LinkedHashMap<>(GrowthMetrics.of(curve));
      all.putAll(sampled.get(slot));
      all.forEach((name, value) -> metrics.add(key.row(Grouping.ALL, "", slot, name, value)));
    }
    folder.write("growth", key, GROWTH, growth.iterator());
    if (corpus.positions() != null) {
      folder.write("positions", key, POSITIONS, positions(key, corpus.positions()).iterator());
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
}
