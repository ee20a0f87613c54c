package org.tessera.pipeline.spark.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.spark.SparkForTests;

/** Every metric against what NumPy and SciPy make of the same ids ({@code recipe.py}). */
class StatsGoldenIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path temp;
  private static final SparkSession spark = SparkForTests.session();
  private static JsonNode golden;
  private static String folder;
  private static String output;

  @BeforeAll
  static void count() throws Exception {
    golden = resource("golden.json");
    List<TokenSet.Line> lines = new ArrayList<>();
    for (JsonNode row : resource("rows.json")) {
      int[] ids = new int[row.path("ids").size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = row.path("ids").get(i).asInt();
      }
      lines.add(
          new TokenSet.Line(
              row.path("uri").asText(),
              ids,
              new int[] {ids.length / 2, 2},
              new float[] {
                (float) row.path("errors").get(0).asDouble(),
                (float) row.path("errors").get(1).asDouble()
              },
              Map.of("label", row.path("label").asText()),
              row.path("end_s").asDouble()));
    }
    TokenSet tokens =
        new TokenSet(
            temp.resolve("out"),
            new TokenLayout(
                List.of("time", "level"), List.of(-1, 2), List.of(64, 300), "level", List.of()));
    for (int i = 0; i < 60; i += 20) {
      tokens.wave(lines.subList(i, i + 20));
    }
    output = tokens.uri();
    folder =
        new StatsFlow(
                spark,
                new StatsFlow.Request(
                    tokens.uri(), tokens.uri(), List.of("label"), "position", 3, 1))
            .run()
            .folder();
  }

  @Test
  void usage() {
    for (int slot = 0; slot < 2; slot++) {
      compare(slot(slot).path("usage"), metrics("all", "", slot));
    }
    compare(golden.path("together"), metrics("all", "", -1));
  }

  @Test
  void wholeRows() {
    compare(golden.path("whole"), metrics("all", "", -1));
  }

  @Test
  void tuples() {
    for (int slot = 0; slot < 2; slot++) {
      compare(slot(slot).path("tuples"), metrics("all", "", slot));
    }
  }

  @Test
  void samples() {
    for (int slot = 0; slot < 2; slot++) {
      compare(slot(slot).path("sample"), metrics("all", "", slot));
      Map<String, Double> metrics = metrics("all", "", slot);
      // Another version of a library may pack a little better.
      slot(slot)
          .path("compression")
          .properties()
          .forEach(
              entry ->
                  assertThat(metrics.get(entry.getKey()))
                      .as(entry.getKey())
                      .isCloseTo(
                          entry.getValue().asDouble(), within(0.02 * entry.getValue().asDouble())));
    }
  }

  @Test
  void growth() {
    for (int slot = 0; slot < 2; slot++) {
      List<List<Long>> expected = new ArrayList<>();
      slot(slot)
          .path("growth")
          .forEach(point -> expected.add(List.of(point.get(0).asLong(), point.get(1).asLong())));
      List<List<Long>> found = new ArrayList<>();
      for (Row row :
          table("growth")
              .where("grouping = 'all' and slot = " + slot)
              .orderBy("tokens")
              .collectAsList()) {
        found.add(List.of(row.<Long>getAs("tokens"), row.<Long>getAs("distinct_codes")));
      }
      assertThat(found).isEqualTo(expected);
      compare(slot(slot).path("heaps"), metrics("all", "", slot));
    }
  }

  @Test
  void positions() {
    for (int slot = 0; slot < 2; slot++) {
      JsonNode expected = slot(slot).path("positions");
      assertThat(expected).hasSize(8);
      for (int position = 0; position < expected.size(); position++) {
        Map<String, Double> metrics = new HashMap<>();
        for (Row row :
            table("positions")
                .where("axis = 'position' and slot = " + slot + " and position = " + position)
                .collectAsList()) {
          metrics.put(row.getAs("metric"), row.getAs("value"));
        }
        compare(expected.get(position), metrics);
      }
    }
  }

  @Test
  void bytesOnDiskAreThoseOfTheColumn() {
    Map<String, Double> metrics = metrics("all", "", -1);
    double bytes = metrics.get("disk_bytes");
    // Two ids of 6 and 9 bits a position and little else; the files hold other columns too.
    double tokens = metrics.get("tokens");
    assertThat(bytes).isBetween(tokens * 7.5 / 8, tokens * 16 / 8);
    close("disk_bits_per_token", metrics.get("disk_bits_per_token"), 8 * bytes / tokens);
    close(
        "disk_over_code_bits", metrics.get("disk_over_code_bits"), 8 * bytes / metrics.get("bits"));
  }

  @Test
  void errors() {
    for (int slot = 0; slot < 2; slot++) {
      JsonNode expected = slot(slot).path("errors");
      Map<String, Double> metrics = metrics("all", "", slot);
      for (String name : List.of("error_count", "error_mean", "error_min", "error_max")) {
        assertThat(metrics.get(name))
            .as(name)
            .isCloseTo(expected.path(name).asDouble(), within(1e-12));
      }
      for (String name : List.of("error_p50", "error_p95")) {
        double exact = expected.path(name).asDouble();
        assertThat(metrics.get(name)).as(name).isBetween(exact, exact * 1.125);
      }
    }
  }

  @Test
  void groups() {
    for (int slot = 0; slot < 2; slot++) {
      JsonNode expected = slot(slot).path("association");
      Map<String, Double> metrics = metrics("label", null, slot);
      for (String name :
          List.of("group_chi_square", "group_mutual_information", "group_cramers_v")) {
        close(name, metrics.get(name), expected.path(name).asDouble());
      }
      int own = slot;
      expected
          .path("top_uniqueness")
          .properties()
          .forEach(
              entry ->
                  close(
                      "uniqueness of " + entry.getKey(),
                      metrics("label", entry.getKey(), own).get("top_uniqueness"),
                      entry.getValue().asDouble()));
      Map<String, Double> jaccard = new HashMap<>();
      table("overlap")
          .where("slot = " + slot)
          .collectAsList()
          .forEach(
              row ->
                  jaccard.put(row.getAs("group") + "/" + row.getAs("other"), row.getAs("jaccard")));
      expected
          .path("jaccard")
          .properties()
          .forEach(
              entry ->
                  close(
                      entry.getKey(),
                      jaccard.getOrDefault(entry.getKey(), 0.0),
                      entry.getValue().asDouble()));
    }
  }

  @Test
  void nextCodes() {
    for (int slot = 0; slot < 2; slot++) {
      Map<String, List<List<Long>>> found = new HashMap<>();
      for (Row row :
          table("next").where("slot = " + slot).orderBy("code", "rank").collectAsList()) {
        found
            .computeIfAbsent(row.getAs("code").toString(), any -> new ArrayList<>())
            .add(List.of((long) row.<Integer>getAs("next"), row.<Long>getAs("count")));
      }
      Map<String, List<List<Long>>> expected = new HashMap<>();
      slot(slot)
          .path("next")
          .properties()
          .forEach(
              entry -> {
                List<List<Long>> pairs = new ArrayList<>();
                entry
                    .getValue()
                    .forEach(
                        pair -> pairs.add(List.of(pair.get(0).asLong(), pair.get(1).asLong())));
                expected.put(entry.getKey(), pairs);
              });
      assertThat(found).isEqualTo(expected);
    }
  }

  @Test
  void tablesAddUp() {
    long rows =
        table("lengths").where("grouping = 'all'").agg(Map.of("rows", "sum")).head().getLong(0);
    assertThat(rows).isEqualTo(60);
    for (int slot = 0; slot < 2; slot++) {
      double tokens = slot(slot).path("usage").path("tokens").asDouble();
      String where = "grouping = 'all' and slot = " + slot;
      Row last =
          table("growth").where(where).orderBy("tokens").collectAsList().stream()
              .reduce((a, b) -> b)
              .orElseThrow();
      assertThat(last.<Long>getAs("tokens").doubleValue()).isEqualTo(tokens);
      assertThat(last.<Long>getAs("distinct_codes").doubleValue())
          .isEqualTo(slot(slot).path("usage").path("codes_used").asDouble());
      double places =
          table("positions")
              .where("metric = 'tokens' and slot = " + slot)
              .agg(Map.of("value", "sum"))
              .head()
              .getDouble(0);
      assertThat(places).isEqualTo(tokens);
      long errors =
          table("quantization_error")
              .where("grouping = 'all' and level = " + slot)
              .agg(Map.of("count", "sum"))
              .head()
              .getLong(0);
      assertThat(errors).isEqualTo(60);
    }
  }

  @Test
  void theSqlPlanHasTheSameNumbers() throws IOException {
    StatsFlow.Report report =
        new SqlStatsFlow(
                spark,
                new StatsFlow.Request(
                    output, temp.resolve("sql").toString(), List.of("label"), "", 2, 1))
            .run();

    assertThat(report.groups()).isEqualTo(Map.of("label", 3L));
    List<Row> metrics = spark.read().parquet(report.folder() + "/metrics").collectAsList();
    assertThat(metrics).hasSizeGreaterThan(100);
    for (Row row : metrics) {
      Map<String, Double> own =
          metrics(row.getAs("grouping"), row.getAs("group"), row.getAs("slot"));
      close(
          row + "",
          row.<Double>getAs("value"),
          own.getOrDefault(row.<String>getAs("metric"), Double.NaN));
    }
    Dataset<Row> histogram = spark.read().parquet(report.folder() + "/histogram");
    assertThat(histogram.count()).isEqualTo(table("histogram").count()).isGreaterThan(364);
    assertThat(histogram.except(table("histogram")).count()).isZero();
  }

  private static void compare(JsonNode expected, Map<String, Double> metrics) {
    assertThat(expected.size()).isPositive();
    expected
        .properties()
        .forEach(
            entry -> {
              assertThat(metrics).containsKey(entry.getKey());
              close(entry.getKey(), metrics.get(entry.getKey()), entry.getValue().asDouble());
            });
  }

  /** Nine digits, but where SciPy's minimiser stops earlier. */
  private static void close(String name, double actual, double expected) {
    double tolerance = List.of("zipf_mle_exponent", "yule_simon_rho").contains(name) ? 1e-6 : 1e-9;
    assertThat(actual).as(name).isCloseTo(expected, within(tolerance * Math.max(1, expected)));
  }

  private static Map<String, Double> metrics(String grouping, String group, int slot) {
    Map<String, Double> metrics = new HashMap<>();
    for (Row row :
        table("metrics")
            .where("grouping = '" + grouping + "' and slot = " + slot)
            .where(group == null ? "group is null" : "group = '" + group + "'")
            .collectAsList()) {
      assertThat(metrics.put(row.getAs("metric"), row.getAs("value"))).isNull();
    }
    return metrics;
  }

  private static JsonNode slot(int slot) {
    return golden.path("slots").get(slot);
  }

  private static Dataset<Row> table(String name) {
    return spark.read().parquet(folder + "/" + name);
  }

  private static JsonNode resource(String name) throws IOException {
    try (InputStream in =
        StatsGoldenIT.class.getResourceAsStream("/org/tessera/pipeline/stats/" + name)) {
      return JSON.readTree(in);
    }
  }
}
