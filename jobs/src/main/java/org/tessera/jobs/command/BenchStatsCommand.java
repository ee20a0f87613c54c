package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.config.ConfigException;
import org.tessera.pipeline.spark.bench.StatsBench;
import org.tessera.pipeline.spark.bench.SyntheticTokens;
import org.tessera.pipeline.stats.LineFit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera bench stats}: how fast codes are counted, beside DuckDB on the same files. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes synthetic token sets of growing sizes and measures, in this process: counting alone",
      "(the statistics' pass over the files, to counts in memory), the whole stats job with its",
      "tables, and DuckDB's group-by of level and id on the same files, whose counts must be equal.",
      "The session is warm and the fastest round counts. A line is fitted to the sizes."
    },
    footer = {
      "",
      "Examples:",
      "  tessera bench stats",
      "  mvn -q -N -Pduckdb dependency:copy@duckdb",
      "  tessera bench stats --duckdb target/duckdb/duckdb_jdbc-1.1.3.jar --millions 1,10,100",
      "  tessera bench stats --codes 262144 --levels 8 --millions 10,20,40"
    })
public final class BenchStatsCommand implements Callable<Integer> {
  private static final long MILLION = 1_000_000;
  private static final double EXTRAPOLATED = 1e9;

  @Mixin private CommonOptions common;

  @Option(
      names = "--millions",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,10,100",
      description = "Sizes in millions of ids, separated by commas (default: ${DEFAULT-VALUE}).")
  private List<Integer> millions;

  @Option(
      names = "--codes",
      paramLabel = "K",
      defaultValue = "1024",
      description = "Codes of each level (default: ${DEFAULT-VALUE}).")
  private int codes;

  @Option(
      names = "--levels",
      paramLabel = "L",
      defaultValue = "4",
      description = "Ids at each position (default: ${DEFAULT-VALUE}).")
  private int levels;

  @Option(
      names = "--positions",
      paramLabel = "N",
      defaultValue = "256",
      description = "Positions of each row (default: ${DEFAULT-VALUE}).")
  private int positions;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How often each way is measured (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--duckdb",
      paramLabel = "FILE.jar",
      description = "DuckDB's JDBC driver; without it Tessera is measured alone.")
  private Path duckdb;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Keeps the token sets here for the next time (default: nothing is kept).")
  private Path work;

  @Override
  public Integer call() throws Exception {
    checkOptions();
    Path folder =
        work == null
            ? Files.createTempDirectory("tessera-bench-")
            : Files.createDirectories(work).toAbsolutePath();
    List<StatsBench.Point> points = new ArrayList<>();
    int cores;
    try (SparkSession session = SparkSessions.open("bench stats", common);
        DuckDb other = DuckDb.open(duckdb, session.sparkContext().defaultParallelism())) {
      cores = session.sparkContext().defaultParallelism();
      StatsBench bench = new StatsBench(session, other.connection(), rounds);
      for (int million : millions) {
        SyntheticTokens.Size size =
            new SyntheticTokens.Size(
                Math.max(1, million * MILLION / ((long) positions * levels)),
                positions,
                levels,
                codes);
        Path tokens = folder.resolve(name(size));
        if (!Files.exists(tokens)) {
          System.err.printf(Locale.ROOT, "Writing %,d ids to %s%n", size.ids(), tokens);
          SyntheticTokens.write(tokens, session.sparkContext().hadoopConfiguration(), size);
        }
        points.add(bench.measure(tokens.toString(), size));
      }
    } finally {
      if (work == null) {
        BenchCommand.delete(folder);
      }
    }
    common.print(node(points, cores), text(points, cores));
    return ExitCodes.OK;
  }

  private static String name(SyntheticTokens.Size size) {
    return String.format(
        Locale.ROOT,
        "tokens-%dx%dx%d-%d",
        size.rows(),
        size.positions(),
        size.levels(),
        size.codes());
  }

  private void checkOptions() {
    List<String> problems = new ArrayList<>();
    if (millions.stream().anyMatch(million -> million < 1)) {
      problems.add("--millions must be 1 or more each: " + millions);
    }
    if (codes < 1 || codes > 1 << 18) {
      problems.add("--codes must be 1 to " + (1 << 18) + ": " + codes);
    }
    if (levels < 1) {
      problems.add("--levels must be at least 1: " + levels);
    }
    if (positions < 1) {
      problems.add("--positions must be at least 1: " + positions);
    }
    if (rounds < 1) {
      problems.add("--rounds must be at least 1: " + rounds);
    }
    if (duckdb != null && !Files.isRegularFile(duckdb)) {
      problems.add("--duckdb must be the driver's jar: " + duckdb + " is no file");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("these options", problems);
    }
  }

  /** DuckDB in this process, in memory, on as many threads as Spark; or nothing. */
  private record DuckDb(Optional<Connection> connection, Optional<URLClassLoader> loader)
      implements AutoCloseable {
    static DuckDb open(Path jar, int threads) throws IOException, SQLException {
      if (jar == null) {
        return new DuckDb(Optional.empty(), Optional.empty());
      }
      URLClassLoader loader =
          new URLClassLoader(
              new URL[] {jar.toUri().toURL()}, BenchStatsCommand.class.getClassLoader());
      try {
        Driver driver =
            (Driver)
                Class.forName("org.duckdb.DuckDBDriver", true, loader)
                    .getDeclaredConstructor()
                    .newInstance();
        Connection connection = driver.connect("jdbc:duckdb:", new Properties());
        try (Statement statement = connection.createStatement()) {
          statement.execute("set threads = " + threads);
        }
        return new DuckDb(Optional.of(connection), Optional.of(loader));
      } catch (ReflectiveOperationException e) {
        loader.close();
        throw new IllegalArgumentException(
            "Cannot use DuckDB: " + jar + " holds no driver of it (give duckdb_jdbc-*.jar)", e);
      }
    }

    @Override
    public void close() throws SQLException, IOException {
      if (connection.isPresent()) {
        connection.get().close();
      }
      if (loader.isPresent()) {
        loader.get().close();
      }
    }
  }

  private static Optional<LineFit> fit(
      List<StatsBench.Point> points, ToDoubleFunction<StatsBench.Point> seconds) {
    double[] x = points.stream().mapToDouble(StatsBench.Point::ids).distinct().toArray();
    if (x.length < 2 || x.length < points.size()) {
      return Optional.empty();
    }
    return Optional.of(LineFit.of(x, points.stream().mapToDouble(seconds).toArray()));
  }

  private ObjectNode node(List<StatsBench.Point> points, int cores) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "bench stats");
    node.put("cores", cores);
    node.put("codes", codes);
    node.put("levels", levels);
    ArrayNode sizes = node.putArray("sizes");
    for (StatsBench.Point point : points) {
      ObjectNode size =
          sizes
              .addObject()
              .put("ids", point.ids())
              .put("count_s", point.countSeconds())
              .put("job_s", point.jobSeconds())
              .put("state_bytes", point.stateBytes())
              .put("disk_bits_per_token", point.diskBits())
              .put("code_bits_per_token", point.codeBits());
      if (duckdb != null) {
        size.put("duckdb_s", point.duckSeconds());
        size.put("ratio", point.duckSeconds() / point.countSeconds());
      }
    }
    ObjectNode fits = node.putObject("fits");
    put(fits, "count", fit(points, StatsBench.Point::countSeconds));
    put(fits, "job", fit(points, StatsBench.Point::jobSeconds));
    if (duckdb != null) {
      put(fits, "duckdb", fit(points, StatsBench.Point::duckSeconds));
    }
    return node;
  }

  private static void put(ObjectNode fits, String name, Optional<LineFit> fit) {
    fit.ifPresent(
        line ->
            fits.putObject(name)
                .put("start_s", line.intercept())
                .put("s_per_1e8", line.slope() * 1e8)
                .put("r2", line.r2())
                .put("s_at_1e9", line.at(EXTRAPOLATED)));
  }

  private String text(List<StatsBench.Point> points, int cores) {
    StringBuilder text = new StringBuilder();
    line(
        text,
        "%d cores, %,d codes, %d levels, %d ids a row; warm session, fastest of %d rounds",
        cores,
        codes,
        levels,
        positions * levels,
        rounds);
    line(
        text,
        "%15s %20s %20s %8s %10s %11s %14s",
        "ids",
        "counting alone",
        "DuckDB group-by",
        "ratio",
        "stats job",
        "counts",
        "bits on disk");
    for (StatsBench.Point point : points) {
      boolean both = duckdb != null;
      line(
          text,
          "%,15d %20s %20s %8s %8.2f s %8d KB %5.2f of %5.2f",
          point.ids(),
          rate(point.ids(), point.countSeconds()),
          both ? rate(point.ids(), point.duckSeconds()) : "-",
          both
              ? String.format(Locale.ROOT, "%.2f", point.duckSeconds() / point.countSeconds())
              : "-",
          point.jobSeconds(),
          (point.stateBytes() + 1023) / 1024,
          point.diskBits(),
          point.codeBits());
    }
    line(text, "counting alone: %s", words(fit(points, StatsBench.Point::countSeconds)));
    line(text, "stats job:      %s", words(fit(points, StatsBench.Point::jobSeconds)));
    if (duckdb != null) {
      line(text, "DuckDB:         %s", words(fit(points, StatsBench.Point::duckSeconds)));
      line(text, "All counts are equal. A ratio above 1: counting is faster than DuckDB.");
    }
    return text.toString().stripTrailing();
  }

  private static String rate(long ids, double seconds) {
    return String.format(Locale.ROOT, "%.3f s %5.1f M/s", seconds, ids / seconds / 1e6);
  }

  private static String words(Optional<LineFit> fit) {
    return fit.map(
            line ->
                String.format(
                    Locale.ROOT,
                    "%.3f s + %.3f s per 10^8 ids (R2 %.4f); 10^9 ids would take %.1f s",
                    line.intercept(),
                    line.slope() * 1e8,
                    line.r2(),
                    line.at(EXTRAPOLATED)))
        .orElse("no line (give two sizes or more)");
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
