package org.tessera.pipeline.spark.stats;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelSpec;
import org.tessera.model.bundle.SignatureSpec;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.Storage;
import org.tessera.pipeline.tokens.TokenTable;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.SampleKey;

/** An output of tokenize whose ids a test chose. One wave a call of {@link #wave}. */
final class TokenSet {
  private final Path root;
  private final Storage storage;
  private final RunManifest run;
  private int waves;

  /** A row: its uri, ids, shape, errors (or null), labels and length. */
  record Line(
      String uri,
      int[] ids,
      int[] shape,
      float[] errors,
      Map<String, String> labels,
      double endS) {}

  TokenSet(Path root, TokenLayout layout) throws IOException {
    this.root = root;
    this.storage = new Storage(root.toString(), new Configuration());
    Path target = root.resolve("model.bundle");
    try (BundleWriter writer = BundleWriter.to(target)) {
      Path model = Files.createDirectories(writer.directory().resolve("model"));
      Files.writeString(model.resolve("saved_model.pb"), "never opened");
      Bundle bundle =
          writer.finish(
              TokenizerManifest.builder("fixture", Modality.IMAGE)
                  .model(
                      ModelSpec.of(
                          "tensorflow",
                          "model",
                          SignatureSpec.of("", Map.of("signal", "x"), Map.of("ids", "y"))))
                  .layout(layout)
                  .licence("Apache-2.0"));
      new TokenizerCatalog(storage).add(bundle.manifest(), bundle.fingerprint());
      run =
          new RunManifest(
              "run-0001",
              Modality.IMAGE,
              "fixture",
              bundle.fingerprint(),
              List.of("memory"),
              1,
              1,
              1000,
              0,
              0,
              0,
              "2026-11-01T00:00:00Z");
      new Ledger(storage).begin(run);
    }
  }

  String uri() {
    return root.toString();
  }

  /** Writes and commits a wave. */
  TokenSet wave(List<Line> lines) throws IOException {
    WaveRecord record = write(lines);
    new Ledger(storage).commit(run.runId(), record);
    return this;
  }

  /** Writes a wave's file but does not commit it. */
  WaveRecord write(List<Line> lines) throws IOException {
    int wave = ++waves;
    String path =
        OutputLayout.waveData("tokens", run.modality(), run.tokenizer(), run.runId(), wave)
            + "/part-0.parquet";
    try (ParquetSink<SampleOutcome> sink =
        TokenTable.open(storage.path(path), new Configuration(), Map.of())) {
      for (Line line : lines) {
        sink.write(outcome(line));
      }
    }
    return new WaveRecord(
        wave,
        lines.size(),
        new Counts(),
        List.of(
            new WaveRecord.DataFile(
                path,
                lines.size(),
                storage.fileSystem().getFileStatus(storage.path(path)).getLen())),
        1,
        "cpu",
        1,
        "test",
        "2026-11-01T00:00:00Z");
  }

  private static SampleOutcome outcome(Line line) {
    SortedMap<String, Object> geometry =
        new TreeMap<>(Map.of("crop_width", 16, "crop_height", 8, "source_width", 40));
    return SampleOutcome.tokenized(
        SampleKey.of(line.uri()),
        "00",
        new SampleOutcome.Tokens(
            line.ids(),
            line.shape(),
            line.errors(),
            0,
            line.endS(),
            geometry,
            new TreeMap<>(line.labels())));
  }
}
