package org.tessera.pipeline.spark.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
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
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.Storage;
import org.tessera.pipeline.tokens.TokenTable;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.SampleKey;

/** An output of tokenize whose ids a test chose, of one or more tokenizers. */
final class TokenOutput {
  private final Path root;
  private final Storage storage;
  private final Map<String, RunManifest> runs = new HashMap<>();
  private final Map<String, Integer> waves = new HashMap<>();

  /** A row; what a test does not care about is left as it is. */
  static final class Line {
    final SampleKey key;
    final int[] ids;
    final int[] shape;
    final SortedMap<String, String> labels = new TreeMap<>();
    final SortedMap<String, Object> geometry = new TreeMap<>();
    String sha256 = "00";
    double endS;

    Line(SampleKey key, int[] ids, int... shape) {
      this.key = key;
      this.ids = ids;
      this.shape = shape;
    }

    Line label(String name, String value) {
      labels.put(name, value);
      return this;
    }

    Line note(String name, Object value) {
      geometry.put(name, value);
      return this;
    }

    Line window(double seconds) {
      endS = seconds;
      return this;
    }

    Line digest(String value) {
      sha256 = value;
      return this;
    }
  }

  TokenOutput(Path root) throws IOException {
    this.root = root;
    this.storage = new Storage(root.toString(), new Configuration());
  }

  String uri() {
    return root.toString();
  }

  /** Adds a tokenizer; its fingerprint is its name in hex. */
  TokenOutput tokenizer(String name, Modality modality, TokenLayout layout) throws IOException {
    TokenizerManifest manifest =
        TokenizerManifest.builder(name, modality)
            .model(
                ModelSpec.of(
                    "tensorflow",
                    "model",
                    SignatureSpec.of("", Map.of("signal", "x"), Map.of("ids", "y"))))
            .layout(layout)
            .licence("Apache-2.0")
            .build();
    String fingerprint =
        org.tessera.udf.sample.Sha256.hex(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    new TokenizerCatalog(storage).add(manifest, fingerprint);
    RunManifest run =
        new RunManifest(
            String.format("run-%04d", runs.size() + 1),
            modality,
            name,
            fingerprint,
            List.of("memory"),
            1,
            1,
            1000,
            0,
            0,
            0,
            "2026-11-01T00:00:00Z");
    runs.put(name, run);
    PlanTable.open(storage.path(OutputLayout.plan(run.runId())), new Configuration()).close();
    new Ledger(storage).begin(run);
    return this;
  }

  /** Writes and commits a wave. */
  TokenOutput wave(String tokenizer, List<Line> lines) throws IOException {
    RunManifest run = runs.get(tokenizer);
    int wave = waves.merge(tokenizer, 1, Integer::sum);
    String path =
        OutputLayout.waveData("tokens", run.modality(), tokenizer, run.runId(), wave)
            + "/part-0.parquet";
    try (ParquetSink<SampleOutcome> sink =
        TokenTable.open(storage.path(path), new Configuration(), Map.of())) {
      for (Line line : lines) {
        sink.write(outcome(line));
      }
    }
    new Ledger(storage)
        .commit(
            run.runId(),
            new WaveRecord(
                wave,
                lines.size(),
                new Counts(),
                List.of(
                    new WaveRecord.DataFile(
                        path, lines.size(), Files.size(Path.of(root.toString(), path)))),
                1,
                "cpu",
                1,
                "test",
                "2026-11-01T00:00:00Z"));
    return this;
  }

  private static SampleOutcome outcome(Line line) {
    return SampleOutcome.tokenized(
        line.key,
        line.sha256,
        new SampleOutcome.Tokens(
            line.ids, line.shape, null, 0, line.endS, line.geometry, line.labels));
  }

  /** Files {@code prefixNNN.extension} of a folder with ids of their own. */
  static List<Line> lines(String folder, String extension, int count, IdsOf ids, int... shape) {
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String uri = String.format("file:/%s/%03d.%s", folder, i, extension);
      lines.add(new Line(SampleKey.of(uri), ids.of(i), shape));
    }
    return lines;
  }

  /** The ids of a sample. */
  interface IdsOf {
    int[] of(int sample);
  }
}
