package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.report.DriftNodes;
import org.tessera.pipeline.spark.stats.DriftFlow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera drift}: whether the codebooks are used as they were. */
@Command(
    name = "drift",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares the statistics of two outputs of one tokenizer, codebook by codebook and group by",
      "group. Bounds are on what exceeds the noise of two samples of one source."
    },
    footer = {
      "",
      "Examples:",
      "  tessera stats --tokens january && tessera stats --tokens february",
      "  tessera drift --baseline january --candidate february",
      "",
      "Exit codes: 0 no drift, 1 failed, 2 usage, 4 drift (listed)"
    })
public final class DriftCommand implements Callable<Integer> {
  private static final int MOST_LINES = 40;

  @Mixin private CommonOptions common;
  @Mixin private DriftOptions bounds;

  @Option(
      names = "--baseline",
      required = true,
      paramLabel = "URI",
      description = "The --output of stats to compare with (the tokens, by default).")
  private String baseline;

  @Option(
      names = {"--candidate", "--tokens"},
      required = true,
      paramLabel = "URI",
      description = "The --output of stats to judge (the tokens, by default).")
  private String candidate;

  @Override
  public Integer call() throws Exception {
    List<DriftFlow.Entry> entries;
    try (SparkSession session = SparkSessions.open("drift", common)) {
      entries = new DriftFlow(session, baseline, candidate).run();
    }
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "drift");
    node.put("baseline", baseline);
    node.put("candidate", candidate);
    ArrayNode list = new ObjectMapper().createArrayNode();
    int drifted = DriftNodes.add(entries, bounds.limits(), list);
    node.put("drift", drifted > 0);
    node.put("drifted", drifted);
    node.put("compared", entries.size());
    node.set("comparisons", list);
    common.print(node, text(list, drifted));
    return drifted > 0 ? ExitCodes.NOT_VERIFIED : ExitCodes.OK;
  }

  private static String text(ArrayNode list, int drifted) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%-40s %10s %8s %8s %8s %8s  %s%n",
                "codebook",
                "tokens",
                "TV",
                "JS",
                "V",
                "PSI",
                ""));
    int lines = 0;
    for (JsonNode node : list) {
      boolean plain = node.path("group").asText().isEmpty();
      if (lines < MOST_LINES && (plain || !node.path("exceeded").isEmpty())) {
        lines++;
        text.append(
            String.format(
                Locale.ROOT,
                "%-40s %,10d %8.4f %8.4f %8.4f %8.4f  %s%n",
                name(node),
                node.path("candidate_tokens").asLong(),
                node.path("total_variation").asDouble(),
                node.path("jensen_shannon").asDouble(),
                node.path("cramers_v").asDouble(),
                node.path("psi").asDouble(),
                node.path("exceeded").isEmpty() ? "" : "DRIFT: " + node.path("exceeded")));
      }
    }
    return text.append(
            drifted == 0
                ? "No drift in " + list.size() + " comparisons"
                : "DRIFT in " + drifted + " of " + list.size() + " comparisons")
        .toString();
  }

  private static String name(JsonNode node) {
    String name =
        node.path("tokenizer").asText()
            + " "
            + node.path("slot_axis").asText()
            + " "
            + node.path("slot").asInt();
    return node.path("group").asText().isEmpty()
        ? name
        : name + " " + node.path("grouping").asText() + "=" + node.path("group").asText();
  }
}
