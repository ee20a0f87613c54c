package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.report.Report;
import org.tessera.jobs.report.ReportRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera report}: an output as a page for people. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes one HTML file that needs no network: what was tokenized and rejected, how the",
      "codebooks are used, and originals beside their reconstructions."
    },
    footer = {
      "",
      "Examples:",
      "  tessera stats --tokens tokens --by folder",
      "  tessera report --tokens tokens --output report.html",
      "  tessera report --tokens tokens --reconstructed out/images --output report.html"
    })
public final class ReportCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;
  @Mixin private DriftOptions bounds;

  @Option(
      names = "--tokens",
      required = true,
      paramLabel = "URI",
      description = "The output of tokenize.")
  private String tokens;

  @Option(
      names = "--stats",
      paramLabel = "URI",
      description = "The --output of stats (default: the tokens).")
  private String stats;

  @Option(
      names = "--reconstructed",
      paramLabel = "DIR",
      description = "An output of reconstruct, to show pairs from; repeatable.")
  private final List<String> reconstructed = new ArrayList<>();

  @Option(
      names = "--baseline",
      paramLabel = "URI",
      defaultValue = "",
      description = "An --output of stats of the same tokenizers, to show drift against.")
  private String baseline;

  @Option(
      names = "--title",
      paramLabel = "TEXT",
      description = "The heading (default: the name of the tokens' folder).")
  private String title;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE.html",
      description = "The page; an older one is replaced.")
  private String output;

  @Override
  public Integer call() throws Exception {
    String heading = title == null ? new Path(tokens).getName() : title;
    byte[] page;
    try (SparkSession session = SparkSessions.open("report", common)) {
      Path path = new Path(output);
      FileSystem files = path.getFileSystem(session.sparkContext().hadoopConfiguration());
      if (files.exists(path) && files.getFileStatus(path).isDirectory()) {
        throw new IllegalArgumentException(
            "Cannot write a report to " + output + ": it is a folder (name a file in it)");
      }
      page =
          new Report(
                  session,
                  new ReportRequest(
                      tokens,
                      stats == null ? tokens : stats,
                      reconstructed,
                      baseline,
                      bounds.limits(),
                      heading))
              .html()
              .getBytes(StandardCharsets.UTF_8);
      try (OutputStream out = files.create(path, true)) {
        out.write(page);
      }
    }
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "report");
    node.put("output", output);
    node.put("bytes", page.length);
    common.print(
        node,
        String.format(
            Locale.ROOT, "Wrote %s (%,d KB): open it in a browser", output, page.length / 1024));
    return ExitCodes.OK;
  }
}
