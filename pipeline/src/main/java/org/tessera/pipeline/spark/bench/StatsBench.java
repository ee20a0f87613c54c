package org.tessera.pipeline.spark.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.tessera.pipeline.bench.Stopwatch;
import org.tessera.pipeline.spark.stats.StatsFlow;
import org.tessera.pipeline.stats.CodebookCounts;
import org.tessera.pipeline.stats.Sums;
import org.tessera.pipeline.stats.TokenCounts;

/**
 * Measures the statistics on the same committed files in three ways: counting alone (the pass, to
 * counts in memory), the whole job with all its tables, and DuckDB grouping by level and id, whose
 * counts must be the same. All in a session that is warm; the fastest round counts. Used by one
 * thread.
 */
public final class StatsBench {
  private static final int WARM_UP = 10;
  private static final double WARM_UP_SECONDS = 10;

  private final SparkSession spark;
  private final Optional<Connection> duckdb;
  private final int rounds;

  /**
   * A benchmark.
   *
   * @param duckdb an open connection to DuckDB, which stays the caller's; none to leave it out
   * @param rounds how often each way is measured, at least 1
   */
  public StatsBench(SparkSession spark, Optional<Connection> duckdb, int rounds) {
    if (rounds < 1) {
      throw new IllegalArgumentException(
          "Cannot measure in " + rounds + " rounds (give at least 1)");
    }
    this.spark = spark;
    this.duckdb = duckdb;
    this.rounds = rounds;
  }

  /**
   * What one token set took.
   *
   * @param ids counted ids
   * @param countSeconds for counting alone
   * @param jobSeconds for the whole job without n-grams
   * @param duckSeconds for DuckDB's group-by; NaN without it
   * @param stateBytes what the counts take, as they cross between machines
   * @param diskBits bits a token in the files
   * @param codeBits log2 of the number of codes
   */
  public record Point(
      long ids,
      double countSeconds,
      double jobSeconds,
      double duckSeconds,
      long stateBytes,
      double diskBits,
      double codeBits) {}

  /**
   * Measures a set that {@link SyntheticTokens} wrote.
   *
   * @param tokens its folder; its statistics are replaced
   * @throws IllegalStateException when DuckDB counts anything else
   */
  public Point measure(String tokens, SyntheticTokens.Size size) throws IOException, SQLException {
    StatsFlow flow =
        new StatsFlow(spark, new StatsFlow.Request(tokens, tokens, List.of(), "", 1, 1));
    warmUp(flow, tokens, size);
    double count = Double.MAX_VALUE;
    double duck = duckdb.isPresent() ? Double.MAX_VALUE : Double.NaN;
    double job = Double.MAX_VALUE;
    TokenCounts counts = null;
    StatsFlow.Report report = null;
    for (int round = 0; round < rounds; round++) {
      Stopwatch watch = new Stopwatch();
      counts = flow.counts().values().iterator().next();
      count = Math.min(count, watch.seconds());
      if (duckdb.isPresent()) {
        watch = new Stopwatch();
        Map<Long, Long> others = groupBy(duckdb.get(), tokens, size.levels());
        duck = Math.min(duck, watch.seconds());
        compare(counts, others, size);
      }
      watch = new Stopwatch();
      report = flow.run();
      job = Math.min(job, watch.seconds());
    }
    Map<String, Double> all = report.entries().get(0).metrics();
    return new Point(
        size.ids(),
        count,
        job,
        duck,
        Sums.write(counts).length,
        all.get("disk_bits_per_token"),
        all.get("code_bits_per_token"));
  }

  /** What is only compiled or loaded the first times is no matter of the size. */
  private void warmUp(StatsFlow flow, String tokens, SyntheticTokens.Size size)
      throws IOException, SQLException {
    Stopwatch watch = new Stopwatch();
    for (int round = 0; round < WARM_UP && watch.seconds() < WARM_UP_SECONDS; round++) {
      flow.counts();
      if (duckdb.isPresent()) {
        groupBy(duckdb.get(), tokens, size.levels());
      }
      flow.run();
    }
  }

  /** The counts by id × levels + level. */
  private static Map<Long, Long> groupBy(Connection connection, String tokens, int levels)
      throws SQLException {
    Map<Long, Long> counts = new HashMap<>();
    String level = levels == 1 ? "0" : "(i - 1) % " + levels;
    String index = levels == 1 ? "" : ", generate_subscripts(tokens, 1) as i";
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                String.format(
                    "select %s as level, id, count(*) from (select unnest(tokens) as id%s"
                        + " from read_parquet('%s/tokens/**/*.parquet')) group by all",
                    level, index, tokens.replace("'", "''")))) {
      while (rows.next()) {
        counts.put(rows.getLong(2) * levels + rows.getLong(1), rows.getLong(3));
      }
    }
    return counts;
  }

  private static void compare(
      TokenCounts counts, Map<Long, Long> others, SyntheticTokens.Size size) {
    long used = 0;
    for (int level = 0; level < size.levels(); level++) {
      CodebookCounts own = counts.slot(level);
      for (int code = 0; code < size.codes(); code++) {
        if (own.count(code) > 0) {
          used++;
          Long other = others.get((long) code * size.levels() + level);
          if (other == null || other != own.count(code)) {
            throw new IllegalStateException(
                String.format(
                    "Cannot agree on code %d of level %d: %d here, %s by DuckDB",
                    code, level, own.count(code), other));
          }
        }
      }
    }
    if (used != others.size()) {
      throw new IllegalStateException(
          "Cannot agree: " + used + " used codes here, " + others.size() + " by DuckDB");
    }
  }
}
