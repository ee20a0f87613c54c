package org.tessera.pipeline.spark.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.TokenSplit;
import org.tessera.pipeline.stats.TupleCounts;
import org.tessera.pipeline.storage.Storage;

/** Pairs of levels against what NumPy and SciPy make of the same ids ({@code recipe_pairs.py}). */
class StatsPairsIT {
  @TempDir private Path temp;

  private final SparkSession spark = SparkForTests.session();
  private JsonNode golden;
  private TokenSet tokens;

  @BeforeEach
  void write() throws IOException {
    try (InputStream in =
        StatsPairsIT.class.getResourceAsStream("/org/tessera/pipeline/stats/pairs.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    List<Integer> radices = new ArrayList<>();
    golden.path("radices").forEach(radix -> radices.add(radix.asInt()));
    tokens =
        new TokenSet(
            temp.resolve("out"),
            new TokenLayout(
                List.of("time", "level"),
                List.of(-1, radices.size()),
                radices,
                "level",
                List.of()));
    List<TokenSet.Line> lines = new ArrayList<>();
    for (JsonNode row : golden.path("rows")) {
      int[] ids =
          StreamSupport.stream(row.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
      lines.add(
          new TokenSet.Line(
              "row/" + lines.size(),
              ids,
              new int[] {ids.length / radices.size(), radices.size()},
              null,
              Map.of(),
              1));
    }
    tokens.wave(lines.subList(0, 10)).wave(lines.subList(10, lines.size()));
  }

  @Test
  void allPairsOfLevelsAreThoseOfNumPy() throws IOException {
    StatsFlow.Report report =
        new StatsFlow(spark, new StatsFlow.Request(tokens.uri(), tokens.uri(), List.of(), "", 2, 1))
            .run();

    check(report.folder() + "/pairs");
    // A level and the next are among the metrics of the level, too.
    for (JsonNode pair : golden.path("pairs")) {
      if (pair.path("other").asInt() == pair.path("slot").asInt() + 1) {
        assertThat(
                report
                    .entries()
                    .get(pair.path("slot").asInt() + 1)
                    .metrics()
                    .get("pair_mutual_information"))
            .isCloseTo(pair.path("pair_mutual_information").asDouble(), within(1e-9));
      }
    }
    assertThat(report.entries().get(5).metrics()).doesNotContainKey("pair_entropy");
  }

  /** As for a corpus that does not fit: many tasks, and sums in parts by the first id. */
  @Test
  void partsAddUpToTheSame() throws IOException {
    Storage storage = new Storage(tokens.uri(), new Configuration());
    RunManifest run = new Ledger(storage).runs().get(0);
    TokenizerManifest manifest =
        new TokenizerCatalog(storage).find(run.fingerprint()).orElseThrow();
    List<TokenSplit> splits = new ArrayList<>();
    for (WaveRecord wave : new Ledger(storage).waves(run.runId()).values()) {
      for (WaveRecord.DataFile file : wave.files()) {
        splits.add(
            new TokenSplit(
                run.runId(), wave.wave(), 0, file.bytes(), storage.path(file.path()).toString()));
      }
    }
    StatsKey key = new StatsKey(manifest, run.fingerprint());
    StatsFlow.Request request = new StatsFlow.Request(tokens.uri(), "", List.of(), "", 3, 1);
    StatsSettings settings =
        new StatsSettings(manifest, request, List.of(Grouping.of(Grouping.ALL)), 1L << 40);
    assertThat(settings.tuples().stream().mapToInt(kind -> kind.parts(1L << 40)).sum())
        .isGreaterThan(1000);

    JavaSparkContext context = new JavaSparkContext(spark.sparkContext());
    StatsTask task = new StatsTask(settings);
    Storage target = new Storage(temp.toString(), new Configuration());
    List<Row> byTasks;
    try (Counted counted = Counted.byTasks(context, splits, task)) {
      byTasks =
          new TupleTables(counted, settings).write(key, new TableFolder(spark, target, "tasks"));
    }
    List<Row> here;
    try (Counted counted = Counted.here(context, splits, task)) {
      here = new TupleTables(counted, settings).write(key, new TableFolder(spark, target, "here"));
    }

    check(temp.resolve("tasks/pairs").toString());
    check(temp.resolve("here/pairs").toString());
    assertThat(here).isEqualTo(byTasks).hasSizeGreaterThan(70);
    List<Row> next = sorted(temp.resolve("tasks/next").toString());
    assertThat(sorted(temp.resolve("here/next").toString())).isEqualTo(next).isNotEmpty();
  }

  private List<Row> sorted(String table) {
    List<Row> rows = new ArrayList<>(spark.read().parquet(table).collectAsList());
    rows.sort(Comparator.comparing(Row::toString));
    return rows;
  }

  private void check(String table) {
    Map<String, Map<String, Double>> found = new TreeMap<>();
    for (Row row : spark.read().parquet(table).collectAsList()) {
      found
          .computeIfAbsent(row.getAs("slot") + "," + row.getAs("other"), any -> new TreeMap<>())
          .put(row.getAs("metric"), row.getAs("value"));
    }
    assertThat(found).hasSize(golden.path("pairs").size()).hasSize(10);
    for (JsonNode pair : golden.path("pairs")) {
      Map<String, Double> own = found.get(pair.path("slot") + "," + pair.path("other"));
      assertThat(own).hasSize(pair.size() - 2);
      own.forEach(
          (name, value) ->
              assertThat(value)
                  .as(pair.path("slot") + "," + pair.path("other") + " " + name)
                  .isCloseTo(pair.path(name).asDouble(Double.NaN), within(1e-9)));
    }
  }

  @Test
  void beyondSixteenLevelsOnlyNeighboursArePaired() {
    assertThat(pairs(16)).hasSize(120).contains("0,15");
    assertThat(pairs(17))
        .hasSize(16)
        .isEqualTo(IntStream.range(0, 16).mapToObj(slot -> slot + "," + (slot + 1)).toList());
  }

  private static List<String> pairs(int levels) {
    TokenLayout layout =
        new TokenLayout(
            List.of("time", "level"), List.of(-1, levels), List.of(1024), "level", List.of());
    return TupleCounts.kinds(new SlotLayout(layout), 2).stream()
        .filter(kind -> kind.name().equals("pair"))
        .map(kind -> kind.slot() + "," + kind.other())
        .toList();
  }
}
