package org.tessera.pipeline.spark.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
