package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.config.ConfigException;
import org.tessera.pipeline.spark.stats.SqlStatsFlow;
import org.tessera.pipeline.spark.stats.StatsFlow;
import org.tessera.pipeline.spark.stats.StatsSummary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera stats}: how an output's tokens use their codebooks. */
@Command(
    name = "stats",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Counts how the committed tokens use their codebooks, in one pass, and writes tidy Parquet",
      "tables to OUTPUT/codebook_stats: metrics, histograms, growth curves, next codes, ..."
    },
    footer = {
      "",
      "Examples:",
      "  tessera stats --tokens tokens",
      "  tessera stats --tokens tokens --by label --by folder --per row --ngrams 3"
    })
public final class StatsCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--tokens",
      required = true,
      paramLabel = "URI",
      description = "The output of tokenize.")
  private String tokens;

  @Option(
      names = "--by",
      paramLabel = "COLUMN",
      description = {
        "Group by this too: a column of the token table (channel, segment or window, member, ...),",
        "run, wave, folder, source, or a key of the labels (label, language, ...); repeatable."
      })
  private final List<String> by = new ArrayList<>();

  @Option(
      names = "--output",
      paramLabel = "URI",
      description = "Where codebook_stats goes (default: beside the tokens).")
  private String output;

  @Option(
      names = "--per",
      paramLabel = "AXIS",
      defaultValue = "",
      description = {
        "Count along this axis of the layout too (row, time, ...), or position for all axes but",
        "the codebooks' one."
      })
  private String axis;

  @Option(
      names = "--ngrams",
      paramLabel = "N",
      defaultValue = "2",
      description = {
        "The longest n-grams to count, exactly: 1 for none, at most 3 (default: ${DEFAULT-VALUE}).",
        "From 2 on, each two levels are counted together too (of more than 16: neighbours)."
      })
  private int ngrams;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Makes the random order of growth curves (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--plan",
      paramLabel = "PLAN",
      defaultValue = "dense",
      description = {
        "dense: count in arrays, the fast way on CPUs. sql: plain Spark SQL that an accelerator can",
        "take over (conf/spark/gpu-rapids.conf); fewer metrics, the same numbers",
        "(default: ${DEFAULT-VALUE})."
      })
  private String plan;

  @Override
  public Integer call() throws Exception {
    checkOptions();
    StatsFlow.Request request =
        new StatsFlow.Request(tokens, output == null ? tokens : output, by, axis, ngrams, seed);
    StatsFlow.Report report;
    try (SparkSession session = SparkSessions.open("stats", common)) {
      report =
          plan.equals("sql")
              ? new SqlStatsFlow(session, request).run()
              : new StatsFlow(session, request).run();
    }
    common.print(node(report), text(report));
    return ExitCodes.OK;
  }

  private void checkOptions() {
    List<String> problems = new ArrayList<>();
    if (ngrams < 1 || ngrams > 3) {
      problems.add("--ngrams must be 1 to 3: " + ngrams);
    }
    if (!List.of("dense", "sql").contains(plan)) {
      problems.add("--plan must be dense or sql: " + plan);
    }
    if (plan.equals("sql") && !axis.isEmpty()) {
      problems.add("--per needs --plan dense");
    }
    if (!problems.isEmpty()) {
      throw new ConfigException("these options", problems);
    }
  }

  private ObjectNode node(StatsFlow.Report report) {
    ObjectNode node = StatsSummary.node(report);
    node.put("command", "stats");
    node.put("tokens", tokens);
    return node;
  }

  private static String text(StatsFlow.Report report) {
    StringBuilder text = new StringBuilder();
    String tokenizer = "";
    for (StatsFlow.Entry entry : report.entries()) {
      Map<String, Double> metrics = entry.metrics();
      if (!entry.tokenizer().equals(tokenizer)) {
        tokenizer = entry.tokenizer();
        text.append(
            String.format(
                Locale.ROOT,
                "%s: %,.0f tokens%s%n",
                tokenizer,
                metrics.get("tokens"),
                metrics.containsKey("rows")
                    ? String.format(Locale.ROOT, " in %,.0f rows", metrics.get("rows"))
                    : ""));
        text.append(
            String.format(
                Locale.ROOT,
                "  %-12s %10s %8s %8s %9s %9s %11s %7s%n",
                entry.slotAxis(),
                "codes",
                "used",
                "dead",
                "entropy",
                "of max",
                "perplexity",
                "top 1"));
      }
      text.append(line(entry.slot() < 0 ? "all" : Integer.toString(entry.slot()), metrics));
    }
    report
        .groups()
        .forEach(
            (by, groups) ->
                text.append(
                    groups == 0
                        ? String.format("by %s: no row has such a column or label%n", by)
                        : String.format("by %s: %d groups%n", by, groups)));
    return text.append("tables in ").append(report.folder()).toString();
  }

  private static String line(String slot, Map<String, Double> metrics) {
    return String.format(
        Locale.ROOT,
        "  %-12s %,10.0f %7.2f%% %,8.0f %9.4f %8.2f%% %,11.1f %6.2f%%%n",
        slot,
        metrics.get("codes"),
        100 * metrics.get("utilisation"),
        metrics.get("codes_dead"),
        metrics.getOrDefault("entropy", 0.0),
        100 * metrics.getOrDefault("entropy_normalised", 0.0),
        metrics.getOrDefault("perplexity", 1.0),
        100 * metrics.getOrDefault("top_1_mass", 0.0));
  }
}
