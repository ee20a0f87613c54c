package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.storage.Storage;

/**
 * Committed rows: reads only the files that the ledger lists, so that what an unfinished wave left
 * is never seen. Each row has the partition columns {@code modality}, {@code tokenizer}, {@code
 * run} and {@code wave}. Thread-safe.
 */
public final class Tables {
  private static final String PARTITIONS =
      ", modality STRING, tokenizer STRING, run STRING, wave INT";
  private static final String KEY =
      "sample_id STRING, uri STRING, member STRING, segment INT, channel INT, ";

  /** The columns of the token table, as Spark reads them. */
  private static final StructType TOKENS =
      StructType.fromDDL(
          KEY
              + "start_s DOUBLE, end_s DOUBLE, content_sha256 STRING, tokens ARRAY<INT>, "
              + "shape ARRAY<INT>, quantization_error ARRAY<FLOAT>, geometry STRING, "
              + "labels MAP<STRING, STRING>"
              + PARTITIONS);

  /** The columns of the reject table, as Spark reads them. */
  private static final StructType REJECTS =
      StructType.fromDDL(
          KEY
              + "content_sha256 STRING, phase STRING, code STRING, message STRING, "
              + "offset BIGINT, transient BOOLEAN"
              + PARTITIONS);

  private final SparkSession spark;
  private final Storage storage;
  private final Ledger ledger;

  public Tables(SparkSession spark, Storage storage, Ledger ledger) {
    this.spark = spark;
    this.storage = storage;
    this.ledger = ledger;
  }

  /** Opens the output's tables. */
  public static Tables open(SparkSession spark, String output) throws IOException {
    Storage storage = new Storage(output, spark.sparkContext().hadoopConfiguration());
    return new Tables(spark, storage, new Ledger(storage));
  }

  /** The output's ledger. */
  public Ledger ledger() {
    return ledger;
  }

  /** The output's storage. */
  public Storage storage() {
    return storage;
  }

  /** Committed token rows; empty when there is none. */
  public Optional<Dataset<Row>> tokens() throws IOException {
    return read("tokens", TOKENS);
  }

  /** Committed reject rows; empty when there is none. */
  public Optional<Dataset<Row>> rejects() throws IOException {
    return read("rejects", REJECTS);
  }

  private Optional<Dataset<Row>> read(String table, StructType schema) throws IOException {
    List<String> files = new ArrayList<>();
    for (RunManifest run : ledger.runs()) {
      for (WaveRecord wave : ledger.waves(run.runId()).values()) {
        for (WaveRecord.DataFile file : wave.files()) {
          if (file.path().startsWith(table + "/") && storage.exists(file.path())) {
            files.add(storage.path(file.path()).toString());
          }
        }
      }
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        spark
            .read()
            .schema(schema)
            .option("basePath", storage.path(table).toString())
            .parquet(files.toArray(String[]::new)));
  }
}
