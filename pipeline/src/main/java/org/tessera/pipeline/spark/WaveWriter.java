package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.SourcePrefixes;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.tokens.RejectTable;
import org.tessera.pipeline.tokens.RowDigest;
import org.tessera.pipeline.tokens.TokenTable;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleKey;

/**
 * Writes one task's outcomes: a token file and a reject file, each only when it has rows. Used by
 * one thread.
 */
final class WaveWriter implements AutoCloseable {
  /** A file, its rows and the sum of their digests. */
  record Written(String path, long rows, String digest) {}

  private final Path work;
  private final Configuration configuration;
  private final WaveSettings settings;
  private final Map<String, String> metadata;
  private final String fileName;
  private final Counts counts = new Counts();
  private final SourcePrefixes prefixes;
  private final Map<String, ParquetSink<SampleOutcome>> sinks = new HashMap<>();
  private final Map<String, RowDigest> digests = new HashMap<>();
  private SampleKey last;

  WaveWriter(
      Path work,
      Configuration configuration,
      WaveSettings settings,
      int partition,
      Map<String, String> metadata) {
    this.work = work;
    this.configuration = configuration;
    this.settings = settings;
    this.metadata = metadata;
    this.prefixes = new SourcePrefixes(settings.sources());
    this.fileName =
        String.format(
            java.util.Locale.ROOT,
            "part-%05d-%s.parquet",
            partition,
            settings.jobUuid().substring(0, 8));
  }

  void write(SampleOutcome outcome) throws IOException {
    long start = System.nanoTime();
    boolean newSample = !sameSample(outcome.key());
    if (newSample) {
      counts.add("samples", 1);
      counts.addPrefix(prefixes.of(outcome.key().uri()), 1, outcome.isTokenized() ? 0 : 1);
    }
    last = outcome.key();
    if (outcome.isTokenized()) {
      counts.add("tokenized", newSample ? 1 : 0);
      counts.add("rows", 1);
      counts.add("tokens", outcome.tokens().ids().length);
      sink("tokens").write(outcome);
      digests
          .get("tokens")
          .tokens(
              outcome.sampleId(),
              outcome.contentSha256(),
              outcome.tokens().shape(),
              outcome.tokens().ids());
    } else {
      counts.add("rejected", 1);
      SampleException rejection = outcome.rejection();
      counts.reject(outcome.key(), rejection);
      sink("rejects").write(outcome);
      digests
          .get("rejects")
          .reject(
              outcome.sampleId(),
              rejection.phase().id(),
              rejection.code().name(),
              rejection.getMessage());
    }
    counts.add("write_ns", System.nanoTime() - start);
  }

  Counts counts() {
    return counts;
  }

  /** Closes the files and says which there are, by their paths below the output. */
  List<Written> finish() throws IOException {
    long start = System.nanoTime();
    List<Written> files = new ArrayList<>();
    for (Map.Entry<String, ParquetSink<SampleOutcome>> sink : sinks.entrySet()) {
      sink.getValue().close();
      files.add(
          new Written(
              path(sink.getKey()),
              sink.getValue().rows(),
              RowDigest.hex(digests.get(sink.getKey()).sum())));
    }
    sinks.clear();
    counts.add("write_ns", System.nanoTime() - start);
    return files;
  }

  /** Closes what {@link #finish} has not. */
  @Override
  public void close() throws IOException {
    for (ParquetSink<SampleOutcome> sink : sinks.values()) {
      sink.close();
    }
  }

  private boolean sameSample(SampleKey key) {
    return last != null && last.uri().equals(key.uri()) && last.member().equals(key.member());
  }

  private ParquetSink<SampleOutcome> sink(String table) throws IOException {
    ParquetSink<SampleOutcome> sink = sinks.get(table);
    if (sink == null) {
      Path file = new Path(work, path(table));
      sink =
          table.equals("tokens")
              ? TokenTable.open(file, configuration, metadata)
              : RejectTable.open(file, configuration, metadata);
      sinks.put(table, sink);
      digests.put(table, new RowDigest());
    }
    return sink;
  }

  private String path(String table) {
    return OutputLayout.waveData(
            table, settings.modality(), settings.tokenizer(), settings.runId(), settings.wave())
        + "/"
        + fileName;
  }
}
