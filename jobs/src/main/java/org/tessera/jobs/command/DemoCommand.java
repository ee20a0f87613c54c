package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.demo.Demo;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera demo}: the whole chain on a generated corpus. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Generates a small corpus, learns a tokenizer for each modality, tokenizes, verifies, counts",
      "reconstructs and reports, and says where to look."
    },
    footer = {"", "Example:", "  tessera demo --output /tmp/look"})
public final class DemoCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      defaultValue = "tessera-demo",
      description = "An empty or new folder (default: ${DEFAULT-VALUE} in this one).")
  private Path output;

  @Override
  public Integer call() throws Exception {
    if (Files.exists(output)) {
      try (Stream<Path> entries = Files.list(output)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalStateException(
              "Cannot write the demo to "
                  + output
                  + ": it is not empty (remove it, or give another --output)");
        }
      }
    }
    Path folder = Files.createDirectories(output).toAbsolutePath().normalize();
    Demo.Result result;
    try (SparkSession session = SparkSessions.open("demo", common)) {
      result = new Demo(session, folder, System.err).run();
    }
    common.print(node(result, folder), text(result, folder));
    return result.findings().isEmpty() ? ExitCodes.OK : ExitCodes.NOT_VERIFIED;
  }

  private static ObjectNode node(Demo.Result result, Path folder) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "demo");
    node.put("output", folder.toString());
    node.put("verified", result.findings().isEmpty());
    result.findings().forEach(node.putArray("findings")::add);
    ObjectNode modalities = node.putObject("modalities");
    result.counts().forEach((modality, counts) -> modalities.set(modality, counts.toNode()));
    result.quality().forEach(node.putObject("quality")::put);
    return node;
  }

  private static String text(Demo.Result result, Path folder) {
    StringBuilder text = new StringBuilder();
    if (result.findings().isEmpty()) {
      text.append("Verified: every file is tokenized or rejected, once.\n");
    } else {
      text.append("NOT VERIFIED:\n");
      result.findings().forEach(finding -> text.append("  - ").append(finding).append('\n'));
    }
    text.append("Look at\n");
    for (List<String> place :
        List.of(
            List.of("report.html", "the report: open it in a browser"),
            List.of("corpus", "the generated files"),
            List.of("bundles", "the learned tokenizers"),
            List.of("tokens", "tokens, rejects, statistics: tessera inspect, stats, verify"),
            List.of("reconstructed", "files decoded from their tokens"))) {
      text.append(String.format("  %s  %s%n", folder.resolve(place.get(0)), place.get(1)));
    }
    return text.toString().stripTrailing();
  }
}
