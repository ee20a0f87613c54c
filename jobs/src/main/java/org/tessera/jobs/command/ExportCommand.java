package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.tessera.jobs.ExitCodes;
import org.tessera.jobs.config.ConfigException;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.spark.export.ExportFlow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tessera export}: committed tokens as trainers read them. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes committed tokens in a format of trainers, with one vocabulary for all tokenizers.",
      "Everything is checked before anything is written; what a crash interrupts, the same command",
      "does again. The files and all options are described in pipeline/EXPORT.md."
    },
    footer = {
      "",
      "Examples:",
      "  tessera export --tokens tokens --format hf --output hf",
      "  tessera export --tokens tokens --format megatron --output megatron --eos eos --pack 2048",
      "  tessera export --tokens tokens --format webdataset --output tars \\",
      "    --template '<boi>{image}<eoi>' --text-vocabulary 32000"
    })
public final class ExportCommand implements Callable<Integer> {
  @Mixin private CommonOptions common;

  @Option(
      names = "--tokens",
      required = true,
      paramLabel = "URI",
      description = "The output of tokenize; repeatable, to join several.")
  private final List<String> tokens = new ArrayList<>();

  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      description = "hf, megatron, webdataset, mds, npy or jsonl.")
  private String format;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "URI",
      description = "Where the export goes: an empty or new folder.")
  private String output;

  @Option(
      names = "--append",
      description = "Add to an export what is not in it yet, as a further part.")
  private boolean append;

  @Mixin private ExportFileOptions files;
  @Mixin private ExportSequenceOptions sequences;
  @Mixin private ExportVocabularyOptions vocabulary;

  @Override
  public Integer call() throws Exception {
    ExportFlow.Result result;
    try {
      ExportOptions options = options();
      try (SparkSession session = SparkSessions.open("export", common)) {
        result =
            new ExportFlow(session, new ExportFlow.Request(tokens, output, append, options)).run();
      }
    } catch (IllegalArgumentException e) {
      throw new ConfigException("these options", List.of(e.getMessage()));
    }
    common.print(node(result), text(result));
    return ExitCodes.OK;
  }

  private ExportOptions options() throws IOException {
    ExportOptions options = ExportOptions.of(ExportFormat.of(format));
    files.apply(options);
    sequences.apply(options);
    vocabulary.apply(options, this::read);
    return options;
  }

  private String read(String uri) throws IOException {
    Path path = new Path(uri);
    try (var in = path.getFileSystem(common.hadoop()).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private ObjectNode node(ExportFlow.Result result) {
    ObjectNode node = new ObjectMapper().createObjectNode();
    node.put("command", "export");
    node.put("format", format);
    node.put("output", result.folder());
    node.put("part", result.part());
    node.put("nothing_to_do", result.nothingToDo());
    node.put("sequences", result.sequences());
    node.put("ids", result.ids());
    node.put("shards", result.shards());
    node.put("bytes", result.bytes());
    result.streams().forEach(node.putObject("sequences_by_template")::put);
    node.put("vocabulary_size", result.vocabulary());
    node.put("dtype", result.dtype());
    node.put("seconds", result.seconds());
    return node;
  }

  private String text(ExportFlow.Result result) {
    if (result.nothingToDo()) {
      return "Nothing to do: all committed tokens are in " + result.folder();
    }
    return String.format(
        Locale.ROOT,
        "%,d sequences of %,d ids in %,d %s, %,d bytes, in %.1f s%n"
            + "vocabulary: %,d ids, written as %s%n"
            + "%s in %s",
        result.sequences(),
        result.ids(),
        result.shards(),
        result.shards() == 1 ? "shard" : "shards",
        result.bytes(),
        result.seconds(),
        result.vocabulary(),
        result.dtype(),
        format,
        result.folder());
  }
}
