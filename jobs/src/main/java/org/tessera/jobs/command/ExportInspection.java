package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tessera.pipeline.export.CodeRange;
import org.tessera.pipeline.export.Vocabulary;
import org.tessera.pipeline.export.VocabularyFile;

/** What an export holds, and what its ids mean. */
final class ExportInspection {
  private final FileSystem fileSystem;
  private final Path vocabulary;
  private final List<Integer> ids;

  ExportInspection(FileSystem fileSystem, Path vocabulary, List<Integer> ids) {
    this.fileSystem = fileSystem;
    this.vocabulary = vocabulary;
    this.ids = List.copyOf(ids);
  }

  void describe(ObjectNode node) throws IOException {
    Vocabulary read = VocabularyFile.read(text(vocabulary));
    parts(node);
    node.put("vocabulary_size", read.size());
    ObjectNode ranges = node.putObject("vocabulary");
    read.text().forEach(range -> ranges.put("text", span(range.from(), range.to())));
    read.specials().forEach(special -> ranges.put("<" + special.name() + ">", special.id()));
    if (read.sizes().count() > 0) {
      ranges.put(
          "size tags",
          span(read.sizes().from(), (long) read.sizes().from() + read.sizes().count()));
    }
    for (CodeRange range : read.codes()) {
      ranges.put(
          range.modality() + "/" + range.tokenizer(),
          span(range.from(), (long) range.from() + range.size()));
    }
    for (int id : ids) {
      node.withObjectProperty("ids").put(Integer.toString(id), read.explain(id).sentence());
    }
  }

  private static String span(long from, long to) {
    return from + " to " + (to - 1);
  }

  /** The committed parts, when the vocabulary lies in an export. */
  private void parts(ObjectNode node) throws IOException {
    Path state = new Path(vocabulary.getParent(), "_tessera/exports");
    if (!fileSystem.exists(state)) {
      return;
    }
    for (FileStatus part : fileSystem.listStatus(state)) {
      try {
        ObjectNode record =
            (ObjectNode) new ObjectMapper().readTree(text(new Path(part.getPath(), "done.json")));
        record.remove(List.of("files", "application_id", "format"));
        node.withArrayProperty("parts").add(record);
      } catch (FileNotFoundException e) {
        node.withArrayProperty("parts")
            .addObject()
            .put("part", part.getPath().getName())
            .put("unfinished", true);
      }
    }
  }

  private String text(Path path) throws IOException {
    try (var in = fileSystem.open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
