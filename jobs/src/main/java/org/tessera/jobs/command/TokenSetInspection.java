package org.tessera.jobs.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.storage.Storage;
import org.tessera.pipeline.tokens.TokenTable;

/** What a token set is: its tokenizers, counts, columns and some rows. */
final class TokenSetInspection {
  private static final int SHOWN = 160;

  private final Storage storage;
  private final Configuration configuration;
  private final int rows;

  TokenSetInspection(String uri, Configuration configuration, int rows) throws IOException {
    this.storage = new Storage(uri, configuration);
    this.configuration = configuration;
    this.rows = rows;
  }

  void describe(ObjectNode node) throws IOException {
    Ledger ledger = new Ledger(storage);
    SortedMap<String, Counts> byTokenizer = new TreeMap<>();
    WaveRecord.DataFile example = null;
    ArrayNode runs = node.putArray("runs");
    for (RunManifest run : ledger.runs()) {
      SortedMap<Integer, WaveRecord> waves = ledger.waves(run.runId());
      runs.add(
          run.runId()
              + (waves.size() == run.waves()
                  ? ""
                  : " (unfinished: " + waves.size() + " of " + run.waves() + " waves)"));
      for (WaveRecord wave : waves.values()) {
        byTokenizer
            .computeIfAbsent(run.modality().id() + "/" + run.tokenizer(), key -> new Counts())
            .add(wave.counts());
        for (WaveRecord.DataFile file : wave.files()) {
          if (example == null && file.path().startsWith("tokens/")) {
            example = file;
          }
        }
      }
    }
    byTokenizer.forEach(
        (tokenizer, counts) ->
            node.withObjectProperty("tokenizers")
                .putObject(tokenizer)
                .put("samples", counts.value("samples"))
                .put("tokenized", counts.value("tokenized"))
                .put("rejected", counts.value("rejected"))
                .put("rows", counts.value("rows"))
                .put("tokens", counts.value("tokens")));
    ObjectNode columns = node.putObject("columns");
    TokenTable.SCHEMA
        .getFields()
        .forEach(field -> columns.put(field.getName(), TokenTable.describe(field.getName())));
    if (example != null) {
      metadata(example, node);
      examples(example, node);
    }
  }

  private void metadata(WaveRecord.DataFile file, ObjectNode node) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(storage.path(file.path()), configuration))) {
      ObjectNode metadata = node.putObject("metadata");
      new TreeMap<>(reader.getFileMetaData().getKeyValueMetaData())
          .forEach(
              (key, value) -> {
                if (key.startsWith("tessera.")) {
                  metadata.put(key, value);
                }
              });
    }
  }

  private void examples(WaveRecord.DataFile file, ObjectNode node) throws IOException {
    ArrayNode array = node.putArray("rows");
    try (ParquetReader<Group> reader =
        ParquetReader.builder(new GroupReadSupport(), storage.path(file.path()))
            .withConf(configuration)
            .build()) {
      for (int i = 0; i < rows; i++) {
        Group row = reader.read();
        if (row == null) {
          return;
        }
        ObjectNode shown = array.addObject();
        shown.put("sample_id", row.getString("sample_id", 0));
        shown.put("uri", row.getString("uri", 0));
        shown.put("segment", row.getInteger("segment", 0));
        shown.put("shape", list(row.getGroup("shape", 0)));
        shown.put("tokens", list(row.getGroup("tokens", 0)));
        shown.put("geometry", row.getString("geometry", 0));
      }
    }
  }

  private static String list(Group group) {
    List<String> values = new java.util.ArrayList<>();
    int length = group.getFieldRepetitionCount("list");
    for (int i = 0; i < length && values.size() < SHOWN / 4; i++) {
      values.add(Integer.toString(group.getGroup("list", i).getInteger("element", 0)));
    }
    return String.join(" ", values) + (values.size() < length ? " ... (" + length + ")" : "");
  }
}
