package org.tessera.pipeline.spark.stats;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.TokenLayout;

/**
 * Counts the codes of the same committed Parquet files, on two threads each: the statistics job,
 * with everything that it writes, and DuckDB, which only groups by level and id. Both counts must
 * be equal. Prints seconds for growing corpora, a line fitted to them, and bits per token on disk.
 * Run by {@code .ci/bench-stats FOLDER [MILLIONS...]}.
 */
public final class StatsBenchmark {
  private static final int CODES = 1024;
  private static final int LEVELS = 4;
  private static final int IDS = 1024;
  private static final int ROWS_PER_WAVE = 20_000;
  private static final int ROUNDS = 3;

  private StatsBenchmark() {}

  /** Arguments: a folder for the token sets, and their sizes in millions of ids. */
  public static void main(String[] args) throws Exception {
    Path folder = Files.createDirectories(Path.of(args[0]));
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "localhost")
            .config("spark.sql.shuffle.partitions", "16")
            .getOrCreate();
    List<double[]> own = new ArrayList<>();
    List<double[]> duck = new ArrayList<>();
    for (int i = 1; i < args.length; i++) {
      String tokens = tokens(folder, Integer.parseInt(args[i]));
      double count = 1e6 * Integer.parseInt(args[i]);
      double ownSeconds = Double.MAX_VALUE;
      double duckSeconds = Double.MAX_VALUE;
      StatsFlow.Report report = null;
      Map<Long, Long> counts = Map.of();
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        report =
            new StatsFlow(spark, new StatsFlow.Request(tokens, tokens, List.of(), "", 1, 1)).run();
        ownSeconds = Math.min(ownSeconds, (System.nanoTime() - start) / 1e9);
        start = System.nanoTime();
        counts = duckdb(tokens);
        duckSeconds = Math.min(duckSeconds, (System.nanoTime() - start) / 1e9);
      }
      compare(spark, report.folder(), counts);
      own.add(new double[] {count, ownSeconds});
      duck.add(new double[] {count, duckSeconds});
      Map<String, Double> all = report.entries().get(0).metrics();
      System.out.printf(
          Locale.ROOT,
          "%,14.0f ids: stats %.2f s (%.1f M ids/s), DuckDB %.2f s (%.1f M ids/s); %.3f bits a "
              + "token on disk, log2(K) %.3f%n",
          count,
          ownSeconds,
          count / ownSeconds / 1e6,
          duckSeconds,
          count / duckSeconds / 1e6,
          all.get("disk_bits_per_token"),
          all.get("code_bits_per_token"));
    }
    fit("stats", own);
    fit("DuckDB", duck);
    spark.stop();
  }

  /** Least squares over the sizes, and what they say of 10^9 ids. */
  private static void fit(String name, List<double[]> points) {
    double[] x = points.stream().mapToDouble(p -> p[0]).toArray();
    double[] y = points.stream().mapToDouble(p -> p[1]).toArray();
    if (x.length < 2) {
      return;
    }
    double meanX = java.util.Arrays.stream(x).average().orElseThrow();
    double meanY = java.util.Arrays.stream(y).average().orElseThrow();
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    double slope = xy / xx;
    System.out.printf(
        Locale.ROOT,
        "%s: %.2f s + %.3f s per 10^8 ids, R2 %.4f; 10^9 ids would take %.1f s%n",
        name,
        meanY - slope * meanX,
        slope * 1e8,
        xy * xy / (xx * yy),
        meanY + slope * (1e9 - meanX));
  }

  /** Ids that are smaller the more often, on the first level most so. */
  private static String tokens(Path folder, int millions) throws Exception {
    Path root = folder.resolve("tokens-" + millions);
    if (Files.exists(root)) {
      return root.toString();
    }
    TokenSet set =
        new TokenSet(
            root,
            new TokenLayout(
                List.of("time", "level"), List.of(-1, LEVELS), List.of(CODES), "level", List.of()));
    SplittableRandom random = new SplittableRandom(millions);
    long rows = 1_000_000L * millions / IDS;
    for (long done = 0; done < rows; ) {
      int wave = (int) Math.min(ROWS_PER_WAVE, rows - done);
      List<TokenSet.Line> lines = new ArrayList<>();
      for (int row = 0; row < wave; row++) {
        int[] ids = new int[IDS];
        for (int i = 0; i < IDS; i++) {
          int id = random.nextInt(CODES);
          for (int level = i % LEVELS; level < LEVELS - 1; level++) {
            id = Math.min(id, random.nextInt(CODES));
          }
          ids[i] = id;
        }
        lines.add(
            new TokenSet.Line(
                "mem:/" + (done + row), ids, new int[] {IDS / LEVELS, LEVELS}, null, Map.of(), 0));
      }
      set.wave(lines);
      done += wave;
    }
    return root.toString();
  }

  private static Map<Long, Long> duckdb(String tokens) throws Exception {
    Map<Long, Long> counts = new java.util.HashMap<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("set threads = 2");
      try (ResultSet rows =
          statement.executeQuery(
              "select (i - 1) % "
                  + LEVELS
                  + " as level, id, count(*) from (select unnest(tokens) as id, "
                  + "generate_subscripts(tokens, 1) as i from read_parquet('"
                  + tokens
                  + "/tokens/**/*.parquet')) group by all")) {
        while (rows.next()) {
          counts.put(rows.getLong(1) * CODES + rows.getLong(2), rows.getLong(3));
        }
      }
    }
    return counts;
  }

  private static void compare(SparkSession spark, String folder, Map<Long, Long> counts) {
    List<Row> rows =
        spark
            .read()
            .parquet(folder + "/histogram")
            .where("grouping = 'all' and count > 0")
            .select("slot", "code", "count")
            .collectAsList();
    if (rows.size() != counts.size()) {
      throw new IllegalStateException(
          "Cannot agree: " + rows.size() + " used codes here, " + counts.size() + " by DuckDB");
    }
    for (Row row : rows) {
      Long other = counts.get((long) row.getInt(0) * CODES + row.getInt(1));
      if (other == null || other != row.getLong(2)) {
        throw new IllegalStateException("Cannot agree on " + row + ": DuckDB counts " + other);
      }
    }
  }
}
