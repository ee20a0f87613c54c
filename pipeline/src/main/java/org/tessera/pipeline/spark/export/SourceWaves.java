package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.export.ExportSpec;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.stats.TokenSplit;
import org.tessera.pipeline.storage.Storage;

/** Committed waves of token rows, of one or more outputs. Immutable. */
final class SourceWaves {
  private static final long SPLIT_BYTES = 64L << 20;

  private final List<Wave> waves;
  private final Map<String, TokenizerManifest> manifests;

  /** A wave and its token files. */
  private record Wave(
      String root, String run, String tokenizer, int number, Map<String, Long> files) {
    String id() {
      return root + "\n" + run + "\n" + number;
    }
  }

  private SourceWaves(List<Wave> waves, Map<String, TokenizerManifest> manifests) {
    this.waves = List.copyOf(waves);
    this.manifests = manifests;
  }

  /**
   * The committed waves of outputs.
   *
   * @throws IllegalStateException when one has no run, or lacks a tokenizer's manifest
   */
  static SourceWaves find(List<String> outputs, Configuration configuration) throws IOException {
    List<Wave> waves = new ArrayList<>();
    Map<String, TokenizerManifest> manifests = new LinkedHashMap<>();
    for (String output : outputs) {
      Storage storage = new Storage(output, configuration);
      Ledger ledger = new Ledger(storage);
      List<RunManifest> runs = ledger.runs();
      if (runs.isEmpty()) {
        throw new IllegalStateException(
            "Cannot export " + output + ": it holds no run (give the --output of tokenize)");
      }
      for (RunManifest run : runs) {
        int before = waves.size();
        for (WaveRecord record : ledger.waves(run.runId()).values()) {
          add(storage, run, record, waves);
        }
        if (waves.size() > before) {
          manifests.putIfAbsent(run.fingerprint(), manifest(storage, run.fingerprint()));
        }
      }
    }
    if (waves.isEmpty()) {
      throw new IllegalStateException(
          "Cannot export: there are no committed token rows in "
              + outputs
              + " (give the --output of tokenize)");
    }
    return new SourceWaves(waves, manifests);
  }

  private static TokenizerManifest manifest(Storage storage, String fingerprint)
      throws IOException {
    return new TokenizerCatalog(storage)
        .find(fingerprint)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot export tokens of tokenizer "
                        + fingerprint
                        + ": its manifest is missing in "
                        + storage.root()
                        + " (run verify)"));
  }

  private static void add(Storage storage, RunManifest run, WaveRecord record, List<Wave> waves) {
    Map<String, Long> files = new TreeMap<>();
    for (WaveRecord.DataFile file : record.files()) {
      if (file.path().startsWith("tokens/")) {
        files.put(storage.path(file.path()).toString(), file.bytes());
      }
    }
    if (!files.isEmpty()) {
      waves.add(new Wave(storage.root(), run.runId(), run.tokenizer(), record.wave(), files));
    }
  }

  /** The tokenizers by their identity in the token tables. */
  Map<String, TokenizerManifest> manifests() {
    return manifests;
  }

  /** Those of the tokenizers that are exported. */
  SourceWaves only(ExportSpec spec) {
    Set<String> used = new HashSet<>();
    spec.sources().forEach(source -> used.add(source.tokenizer()));
    return filter(wave -> used.contains(wave.tokenizer()));
  }

  /** Those that are not in a list that {@link #toNode} made, of some tokenizers. */
  SourceWaves without(JsonNode list, Set<String> tokenizers) {
    Set<String> known = new HashSet<>();
    for (JsonNode run : list) {
      if (!tokenizers.contains(run.path("tokenizer").asText())) {
        continue;
      }
      for (JsonNode number : run.path("waves")) {
        known.add(
            run.path("tokens").asText() + "\n" + run.path("run").asText() + "\n" + number.asInt());
      }
    }
    return filter(wave -> !known.contains(wave.id()));
  }

  private SourceWaves filter(Predicate<Wave> wanted) {
    return new SourceWaves(waves.stream().filter(wanted).toList(), manifests);
  }

  boolean isEmpty() {
    return waves.isEmpty();
  }

  /** The parts of files that tasks read. */
  List<String> splits() {
    List<String> splits = new ArrayList<>();
    for (Wave wave : waves) {
      wave.files()
          .forEach(
              (path, bytes) ->
                  TokenSplit.cut(wave.run(), wave.number(), path, bytes, SPLIT_BYTES)
                      .forEach(split -> splits.add(RowReader.split(wave.tokenizer(), split))));
    }
    return splits;
  }

  /** Which waves these are, for the record. */
  ArrayNode toNode(ArrayNode array) {
    Map<String, Set<Integer>> runs = new TreeMap<>();
    for (Wave wave : waves) {
      runs.computeIfAbsent(
              wave.root() + "\n" + wave.run() + "\n" + wave.tokenizer(), any -> new TreeSet<>())
          .add(wave.number());
    }
    runs.forEach(
        (id, numbers) -> {
          String[] names = id.split("\n", -1);
          ObjectNode run = array.addObject();
          run.put("tokens", names[0]).put("run", names[1]).put("tokenizer", names[2]);
          numbers.forEach(run.putArray("waves")::add);
        });
    return array;
  }
}
