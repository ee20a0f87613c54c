package org.tessera.pipeline.spark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
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

/**
 * Committed token rows that no model made, written as {@code tokenize} writes them: ids are smaller
 * the more often, on the first level most so. The same request gives the same rows.
 */
public final class SyntheticTokens {
  /** Seconds of signal that one position stands for. */
  private static final double POSITION_SECONDS = 0.02;

  private static final int WAVE_IDS = 20_000_000;

  private SyntheticTokens() {}

  /**
   * How many.
   *
   * @param rows token rows
   * @param positions positions of each row
   * @param levels ids at each position
   * @param codes the number of codes of each level
   */
  public record Size(long rows, int positions, int levels, int codes) {
    public Size {
      if (rows < 1 || positions < 1 || levels < 1 || codes < 1) {
        throw new IllegalArgumentException(
            String.format(
                "Cannot make %d rows of %d x %d ids of %d codes (give at least 1 of each)",
                rows, positions, levels, codes));
      }
    }

    /** All ids. */
    public long ids() {
      return rows * positions * levels;
    }
  }

  /**
   * Writes an output of {@code tokenize}.
   *
   * @param root an empty or missing local folder
   */
  public static void write(Path root, Configuration configuration, Size size) throws IOException {
    Storage storage = new Storage(root.toString(), configuration);
    RunManifest run = begin(root, storage, size);
    SplittableRandom random = new SplittableRandom(size.rows());
    int idsPerRow = size.positions() * size.levels();
    int wave = 0;
    for (long done = 0; done < size.rows(); ) {
      long end = Math.min(size.rows(), done + rowsPerWave(size));
      wave++;
      String path =
          OutputLayout.waveData("tokens", run.modality(), run.tokenizer(), run.runId(), wave)
              + "/part-0.parquet";
      try (ParquetSink<SampleOutcome> sink =
          TokenTable.open(storage.path(path), configuration, Map.of())) {
        for (long row = done; row < end; row++) {
          sink.write(row(row, size, random));
        }
      }
      new Ledger(storage).commit(run.runId(), record(wave, end - done, idsPerRow, path, storage));
      done = end;
    }
  }

  private static long rowsPerWave(Size size) {
    return Math.max(1, WAVE_IDS / (size.positions() * size.levels()));
  }

  private static RunManifest begin(Path root, Storage storage, Size size) throws IOException {
    Path target = root.resolve("synthetic.bundle");
    Bundle bundle;
    try (BundleWriter writer = BundleWriter.to(target)) {
      Path model = Files.createDirectories(writer.directory().resolve("model"));
      Files.writeString(model.resolve("saved_model.pb"), "none: the tokens are synthetic");
      bundle =
          writer.finish(
              TokenizerManifest.builder("synthetic", Modality.AUDIO)
                  .model(
                      ModelSpec.of(
                          "tensorflow",
                          "model",
                          SignatureSpec.of("", Map.of("signal", "x"), Map.of("ids", "y"))))
                  .layout(
                      new TokenLayout(
                          List.of("time", "level"),
                          List.of(-1, size.levels()),
                          List.of(size.codes()),
                          "level",
                          List.of()))
                  .licence("Apache-2.0"));
    }
    new TokenizerCatalog(storage).add(bundle.manifest(), bundle.fingerprint());
    RunManifest run =
        new RunManifest(
            "run-0001",
            Modality.AUDIO,
            "synthetic",
            bundle.fingerprint(),
            List.of("synthetic"),
            size.rows(),
            0,
            Math.toIntExact((size.rows() - 1) / rowsPerWave(size) + 1),
            0,
            0,
            0,
            0,
            "2026-01-01T00:00:00Z");
    new Ledger(storage).begin(run);
    return run;
  }

  private static SampleOutcome row(long row, Size size, SplittableRandom random) {
    int[] ids = new int[size.positions() * size.levels()];
    for (int i = 0; i < ids.length; i++) {
      int id = random.nextInt(size.codes());
      for (int level = i % size.levels(); level < size.levels() - 1; level++) {
        id = Math.min(id, random.nextInt(size.codes()));
      }
      ids[i] = id;
    }
    float[] errors = new float[size.levels()];
    for (int level = 0; level < errors.length; level++) {
      errors[level] = (float) (random.nextDouble() / (1 << level));
    }
    return SampleOutcome.tokenized(
        SampleKey.of("synthetic:/" + row % 100 + "/" + row),
        "00",
        new SampleOutcome.Tokens(
            ids,
            new int[] {size.positions(), size.levels()},
            errors,
            0,
            size.positions() * POSITION_SECONDS,
            new TreeMap<>(),
            new TreeMap<>(Map.of("label", "label-" + row % 10))));
  }

  private static WaveRecord record(int wave, long rows, int idsPerRow, String path, Storage storage)
      throws IOException {
    Counts counts = new Counts();
    for (String name : List.of("samples", "tokenized", "rows")) {
      counts.add(name, rows);
    }
    counts.add("tokens", rows * idsPerRow);
    return new WaveRecord(
        wave,
        Math.toIntExact(rows),
        counts,
        List.of(
            new WaveRecord.DataFile(
                path, rows, storage.fileSystem().getFileStatus(storage.path(path)).getLen())),
        1,
        "cpu",
        1,
        "synthetic",
        "2026-01-01T00:00:00Z");
  }
}
