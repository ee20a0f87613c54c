package org.tessera.jobs.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.export.IdOffsets;
import picocli.CommandLine.Option;

/** How the ids of an export are numbered. */
public final class ExportVocabularyOptions {
  @Option(
      names = "--text-vocabulary",
      paramLabel = "SIZE",
      defaultValue = "0",
      description = "Ids of a text vocabulary that come first (default: ${DEFAULT-VALUE}).")
  private int textVocabulary;

  @Option(
      names = "--vocabulary-size",
      paramLabel = "SIZE",
      defaultValue = "-1",
      description = "Put everything at the top of a vocabulary of this size.")
  private long top;

  @Option(
      names = "--vocabulary-above",
      paramLabel = "N",
      defaultValue = "0",
      description = "With --vocabulary-size, leave so many ids at its top.")
  private int above;

  @Option(
      names = "--descending",
      description = "Give code 0 the highest id of its level, as action tokens have it.")
  private boolean descending;

  @Option(
      names = "--offsets",
      paramLabel = "WHAT",
      defaultValue = "per-level",
      description = {
        "per-level: each level has ids of its own; shared: all levels use the same",
        "(default: ${DEFAULT-VALUE})."
      })
  private String offsets;

  @Option(
      names = "--special",
      paramLabel = "NAME[=ID]",
      description = {
        "A special token beside those that templates name, or the id that one has in the text",
        "vocabulary; repeatable."
      })
  private final List<String> specials = new ArrayList<>();

  @Option(
      names = "--size-tags",
      paramLabel = "N",
      defaultValue = "0",
      description = "Add tags for the sizes 1 to N.")
  private int sizeTags;

  @Option(
      names = "--vocabulary",
      paramLabel = "FILE",
      description = "Begin with this vocabulary.json; what is not in it comes after it.")
  private String vocabulary;

  /** Reads a file. */
  interface Reader {
    String read(String uri) throws IOException;
  }

  void apply(ExportOptions options, Reader reader) throws IOException {
    options.textVocabulary(textVocabulary).sizeTags(sizeTags).offsets(IdOffsets.of(offsets));
    specials.forEach(options::special);
    if (top >= 0) {
      options.top(top, above);
    }
    if (descending) {
      options.descendingCodes();
    }
    if (vocabulary != null) {
      options.vocabulary(reader.read(vocabulary));
    }
  }
}
