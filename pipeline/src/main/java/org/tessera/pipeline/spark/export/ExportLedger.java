package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.tessera.pipeline.export.ExportSpec;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.storage.Storage;

/**
 * The parts of an export: what each set out to do, and whether it is done. Kept below {@code
 * _tessera/exports} in it and nowhere else.
 */
final class ExportLedger {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PARTS = OutputLayout.STATE + "/exports";

  private final Storage storage;

  ExportLedger(Storage storage) {
    this.storage = storage;
  }

  /** A part: what it set out to do, from which waves, and whether it did. */
  record Part(int number, ExportSpec spec, JsonNode sources, boolean done) {}

  /** The folder of a part's files; empty for the export itself. */
  static String folder(int number) {
    return number == 1 ? "" : String.format(Locale.ROOT, "part-%04d", number);
  }

  /** The folder of the table of what went where. */
  static String where(int number) {
    return state(number) + "/where";
  }

  private static String state(int number) {
    return String.format(Locale.ROOT, "%s/%04d", PARTS, number);
  }

  /** All parts in order. */
  List<Part> parts() throws IOException {
    List<Part> parts = new ArrayList<>();
    for (FileStatus status : storage.list(PARTS)) {
      String name = status.getPath().getName();
      if (name.matches("\\d{4}") && storage.exists(PARTS + "/" + name + "/export.json")) {
        JsonNode node = read(storage.read(PARTS + "/" + name + "/export.json").orElseThrow());
        parts.add(
            new Part(
                Integer.parseInt(name),
                ExportSpec.fromJson(node.path("settings").toString()),
                node.path("sources"),
                storage.exists(PARTS + "/" + name + "/done.json")));
      }
    }
    return parts;
  }

  /**
   * The number of the part to write.
   *
   * <p>A part that was not finished is begun anew, with whatever options: nothing of it counts.
   *
   * @throws IllegalStateException when the export may not be added to
   */
  int next(ExportSpec spec, boolean append) throws IOException {
    List<Part> parts = parts();
    if (parts.isEmpty()) {
      return 1;
    }
    Part last = parts.get(parts.size() - 1);
    if (last.number() > 1) {
      checkSameKind(parts.get(0), spec);
    }
    if (!last.done()) {
      return last.number();
    }
    checkSameKind(parts.get(0), spec);
    if (!append) {
      throw new IllegalStateException(
          "Cannot export to "
              + storage.root()
              + ": it holds an export already (give another --output, or --append to add what is"
              + " not in it yet)");
    }
    return last.number() + 1;
  }

  /**
   * Parts differ in their templates and ids, not in what their files are like.
   *
   * @throws IllegalStateException when the specification's files are not like the first part's
   */
  void checkSameKind(Part first, ExportSpec spec) {
    ExportSpec.Output a = first.spec().output();
    ExportSpec.Output b = spec.output();
    boolean same =
        a.format().equals(b.format())
            && a.layout().equals(b.layout())
            && a.columns().equals(b.columns())
            && a.labels().equals(b.labels())
            && a.name().equals(b.name())
            && a.compression().equals(b.compression())
            && first.spec().pack().equals(spec.pack())
            && first.spec().buckets().equals(spec.buckets());
    if (!same) {
      throw new IllegalStateException(
          String.format(
              "Cannot add to %s: it holds %s of other options (give those, or another --output)",
              storage.root(), a.format()));
    }
  }

  /** Begins a part, or begins it anew. */
  void begin(int number, ExportSpec spec, SourceWaves waves) throws IOException {
    ObjectNode node = JSON.createObjectNode();
    node.put("format", 1).put("part", number);
    node.set("settings", read(spec.toJson()));
    waves.toNode(node.putArray("sources"));
    storage.replace(state(number) + "/export.json", node.toPrettyString() + "\n");
  }

  /**
   * Marks a part as done.
   *
   * @throws IllegalStateException when another process did
   */
  void commit(int number, ObjectNode record) throws IOException {
    if (!storage.create(state(number) + "/done.json", record.toPrettyString() + "\n")) {
      throw new IllegalStateException(
          "Cannot commit part "
              + number
              + " of "
              + storage.root()
              + ": another process did (let only one export write to it)");
    }
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Cannot read an export's record: " + json, e);
    }
  }
}
