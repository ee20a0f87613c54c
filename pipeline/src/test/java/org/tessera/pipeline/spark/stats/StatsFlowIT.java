package org.tessera.pipeline.spark.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.Sums;
import org.tessera.pipeline.stats.TokenCounts;
import org.tessera.pipeline.stats.TokenRow;

class StatsFlowIT {
  private static final TokenLayout LEVELS =
      new TokenLayout(
          List.of("position", "level"), List.of(-1, 2), List.of(8, 16), "level", List.of());

  @TempDir private Path temp;

  private final SparkSession spark = SparkForTests.session();

  @Test
  void onlyCommittedRowsAreCounted() throws Exception {
    TokenSet tokens = new TokenSet(temp.resolve("out"), LEVELS);
    tokens.wave(List.of(line("a/1", "cat", 0, 0, 1, 15), line("a/2", "dog", 0, 0)));
    tokens.write(List.of(line("b/1", "cat", 7, 7, 7, 7)));

    StatsFlow.Report report = stats(tokens);

    assertThat(report.entries()).hasSize(3);
    assertThat(report.entries().get(0).metrics())
        .containsEntry("rows", 2.0)
        .containsEntry("tokens", 6.0)
        .containsEntry("codes", 24.0)
        .containsEntry("codes_dead", 20.0);
    assertThat(report.entries().get(1).slotAxis()).isEqualTo("level");
    assertThat(report.entries().get(1).metrics().get("entropy"))
        .isCloseTo(Math.log(3) / Math.log(2) - 2.0 / 3, within(1e-12));
    assertThat(histogram(report, "all", "", 1))
        .containsExactly(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
  }

  @Test
  void groupsAreCountedBesideTheWhole() throws Exception {
    TokenSet tokens = new TokenSet(temp.resolve("out"), LEVELS);
    tokens.wave(
        List.of(line("a/1", "cat", 0, 0), line("a/2", "dog", 1, 1), line("b/3", null, 2, 2)));
    tokens.wave(List.of(line("b/4", "cat", 3, 3)));

    StatsFlow.Report report = stats(tokens, "label", "folder");

    assertThat(report.groups()).isEqualTo(Map.of("label", 3L, "folder", 2L));
    assertThat(value(report, "label", "cat", 0, "tokens")).isEqualTo(2);
    assertThat(value(report, "label", "", 0, "tokens")).isEqualTo(1);
    assertThat(value(report, "folder", "a", -1, "codes_used")).isEqualTo(4);
    assertThat(value(report, "all", "", 0, "codes_used")).isEqualTo(4);
  }

  /** Columns, their other names, and labels; the SQL plan groups in the same way. */
  @Test
  void anyColumnCanBeGroupedBy() throws Exception {
    TokenSet tokens = new TokenSet(temp.resolve("out"), LEVELS);
    tokens.wave(
        List.of(
            new TokenSet.Line("a/1", new int[] {0, 0}, new int[] {1, 2}, null, Map.of(), 1.5),
            line("a/2", "dog", 1, 1, 2, 2),
            new TokenSet.Line(
                "b/3",
                new int[] {5, 5},
                new int[] {1, 2},
                null,
                Map.of("language", "de", "source", "radio"),
                2)));
    List<String> by =
        List.of(
            "window",
            "segment",
            "channel",
            "end_s",
            "language",
            "source",
            "member",
            "run",
            "wave",
            "uri",
            "no_such");

    StatsFlow.Report report = stats(tokens, by.toArray(String[]::new));
    StatsFlow.Report sql =
        new SqlStatsFlow(
                spark,
                new StatsFlow.Request(tokens.uri(), temp.resolve("sql").toString(), by, "", 1, 1))
            .run();

    assertThat(report.groups())
        .containsEntry("window", 1L)
        .containsEntry("end_s", 3L)
        .containsEntry("language", 2L)
        .containsEntry("source", 2L)
        .containsEntry("uri", 3L)
        .containsEntry("wave", 1L)
        .containsEntry("no_such", 0L);
    assertThat(sql.groups()).isEqualTo(report.groups());
    assertThat(value(report, "window", "0", -1, "tokens")).isEqualTo(8);
    assertThat(value(report, "channel", "-1", -1, "tokens")).isEqualTo(8);
    assertThat(value(report, "end_s", "1.5", -1, "tokens")).isEqualTo(2);
    assertThat(value(report, "language", "de", 0, "codes_used")).isEqualTo(1);
    assertThat(value(report, "source", "radio", -1, "tokens")).isEqualTo(2);
    String where = "grouping in ('end_s', 'source', 'window', 'language') and count > 0";
    Dataset<Row> dense = spark.read().parquet(report.folder() + "/histogram").where(where);
    Dataset<Row> plain = spark.read().parquet(sql.folder() + "/histogram").where(where);
    assertThat(plain.except(dense).isEmpty()).isTrue();
    assertThat(plain.count()).isEqualTo(dense.count()).isGreaterThan(15);
  }

  /** The largest codebook of the contract, eight levels of it: sums depend on it alone. */
  @Test
  void memoryIsThatOfTheCodebookWhateverTheRows() throws Exception {
    int codes = 1 << 18;
    TokenLayout large =
        new TokenLayout(
            List.of("position", "level"), List.of(-1, 8), List.of(codes), "level", List.of());
    SlotLayout layout = new SlotLayout(large);
    TokenCounts few = new TokenCounts(layout);
    long empty = few.bytes();
    assertThat(empty).isBetween(8L * 8 * codes, 8L * 8 * codes + 1000);
    TokenSet tokens = new TokenSet(temp.resolve("out"), large);
    Random random = new Random(3);
    long[][] expected = new long[8][codes];
    for (int wave = 0; wave < 3; wave++) {
      List<TokenSet.Line> lines = new ArrayList<>();
      for (int row = 0; row < 50; row++) {
        int[] ids = new int[800];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = i < 8 ? codes - 1 : random.nextInt(codes);
          expected[i % 8][ids[i]]++;
        }
        few.add(layout, TokenRow.of(ids, 100, 8), null);
        lines.add(
            new TokenSet.Line(
                wave + "/" + row, ids, new int[] {100, 8}, null, Map.of("label", "l" + row), 0));
      }
      tokens.wave(lines);
    }
    assertThat(few.bytes()).isEqualTo(empty);

    // Fifty groups of 16 MB each are more than a task may hold: they are passed on on the way.
    StatsFlow flow =
        new StatsFlow(
            spark, new StatsFlow.Request(tokens.uri(), tokens.uri(), List.of("label"), "", 2, 1));
    StatsFlow.Report report = flow.run();
    TokenCounts counted = flow.counts().values().iterator().next();

    for (int level = 0; level < 8; level++) {
      assertThat(counted.slot(level).toArray()).isEqualTo(expected[level]);
      assertThat(report.entries().get(level + 1).metrics())
          .containsEntry("codes", (double) codes)
          .containsEntry("tokens", 15_000.0)
          .containsEntry(
              "codes_used", (double) Arrays.stream(expected[level]).filter(c -> c > 0).count());
    }
    assertThat(report.entries().get(0).metrics()).containsEntry("codes", 8.0 * codes);
    assertThat(value(report, "label", "l7", 0, "tokens")).isEqualTo(300);
    // Crossing form: what is used costs some bytes a code, the rest next to nothing.
    assertThat(Sums.write(counted).length).isLessThan(8 * 15_000 * 5);
  }

  @Test
  void theSplitOfTheRowsDoesNotMatter() throws Exception {
    Random random = new Random(7);
    List<TokenSet.Line> lines = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      int[] ids = new int[20];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = random.nextInt(j % 2 == 0 ? 8 : 16);
      }
      lines.add(line("x/" + i, i % 3 == 0 ? "cat" : "dog", ids));
    }
    TokenSet one = new TokenSet(temp.resolve("one"), LEVELS).wave(lines);
    TokenSet many = new TokenSet(temp.resolve("many"), LEVELS);
    for (int i = 0; i < 60; i += 10) {
      many.wave(lines.subList(i, i + 10));
    }

    List<String> whole = rows(stats(one, "label"));

    assertThat(rows(stats(many, "label"))).isEqualTo(whole).hasSizeGreaterThan(100);
  }

  @Test
  void anOutputWithoutTokensIsAnError() {
    String empty = temp.resolve("empty").toString();
    assertThatThrownBy(
            () ->
                new StatsFlow(spark, new StatsFlow.Request(empty, empty, List.of(), "", 2, 1))
                    .run())
        .hasMessage(
            "Cannot count: there are no committed token rows in "
                + empty
                + " (give the --output of tokenize)");
  }

  private StatsFlow.Report stats(TokenSet tokens, String... by) throws IOException {
    return new StatsFlow(
            spark, new StatsFlow.Request(tokens.uri(), tokens.uri(), List.of(by), "", 2, 1))
        .run();
  }

  /** All that does not depend on the files, doubles to twelve digits. */
  private List<String> rows(StatsFlow.Report report) {
    List<String> rows = new ArrayList<>();
    for (String table : List.of("metrics", "histogram", "lengths", "growth", "next", "overlap")) {
      Dataset<Row> all = spark.read().parquet(report.folder() + "/" + table).drop("fingerprint");
      if (table.equals("metrics")) {
        all =
            all.where("not metric like 'disk%'")
                .selectExpr("* except (value)", "format_number(value, 12)");
      }
      all.collectAsList().forEach(row -> rows.add(row.toString()));
    }
    rows.sort(null);
    return rows;
  }

  private double value(StatsFlow.Report report, String by, String group, int slot, String metric) {
    List<Row> rows =
        spark
            .read()
            .parquet(report.folder() + "/metrics")
            .where("grouping = '" + by + "' and slot = " + slot + " and metric = '" + metric + "'")
            .where(
                group.contains("/") || by.equals("folder")
                    ? "group like '%" + group + "'"
                    : "group = '" + group + "'")
            .collectAsList();
    assertThat(rows).hasSize(1);
    return rows.get(0).<Double>getAs("value");
  }

  private List<Integer> histogram(StatsFlow.Report report, String by, String group, int slot) {
    return spark
        .read()
        .parquet(report.folder() + "/histogram")
        .where("grouping = '" + by + "' and group = '" + group + "' and slot = " + slot)
        .orderBy("code")
        .collectAsList()
        .stream()
        .map(row -> (int) row.<Long>getAs("count").longValue())
        .toList();
  }

  private static TokenSet.Line line(String uri, String label, int... ids) {
    return new TokenSet.Line(
        uri,
        ids,
        new int[] {ids.length / 2, 2},
        null,
        label == null ? Map.of() : Map.of("label", label),
        0);
  }
}
