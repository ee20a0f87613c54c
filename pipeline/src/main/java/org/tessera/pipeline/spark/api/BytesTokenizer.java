package org.tessera.pipeline.spark.api;

import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.StructType;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.spark.Bundles;
import org.tessera.udf.spark.ModelSettings;

/**
 * Tokenizes a column of bytes of any dataset, in batches over rows, with the models that the jobs
 * share in each executor. Immutable and thread-safe.
 *
 * <pre>{@code
 * Dataset<Row> photos = spark.read().format("binaryFile").load("photos");
 * Dataset<Row> tokens =
 *     BytesTokenizer.open(spark, "image.bundle").tokenize(photos, "content", "tokens");
 * tokens.selectExpr("path", "tokens.segments[0].tokens", "tokens.rejection.message").show();
 * }</pre>
 */
public final class BytesTokenizer {
  private final String bundle;
  private final String fingerprint;
  private final TokenizerManifest manifest;
  private final String device;

  private BytesTokenizer(
      String bundle, String fingerprint, TokenizerManifest manifest, String device) {
    this.bundle = bundle;
    this.fingerprint = fingerprint;
    this.manifest = manifest;
    this.device = device;
  }

  /**
   * Opens a bundle, which every executor must be able to read.
   *
   * @throws IOException when it cannot be read
   * @throws org.tessera.model.bundle.BundleException when it is no sound bundle
   */
  public static BytesTokenizer open(SparkSession spark, String uri) throws IOException {
    var configuration = spark.sparkContext().hadoopConfiguration();
    try (Bundle opened = Bundles.open(uri, configuration)) {
      return new BytesTokenizer(
          Bundles.absolute(uri, configuration),
          opened.fingerprint(),
          opened.manifest(),
          ModelSettings.DEFAULT.device());
    }
  }

  /** The same on a device: {@code auto}, {@code cpu}, {@code gpu} or {@code gpu:N}. */
  public BytesTokenizer on(String newDevice) {
    return new BytesTokenizer(bundle, fingerprint, manifest, newDevice);
  }

  /** What the tokenizer is. */
  public TokenizerManifest manifest() {
    return manifest;
  }

  /**
   * Adds a column with the outcome of each row: {@code segments}, an array of {@code segment},
   * {@code channel}, {@code start_s}, {@code end_s}, {@code tokens}, {@code shape}, {@code
   * quantization_error} and {@code geometry}, or a {@code rejection} with {@code phase}, {@code
   * code}, {@code message} and {@code offset}. Bad or missing bytes are rejections, never failures.
   *
   * @param content the column of bytes
   * @param name the new column
   * @throws IllegalArgumentException when the one is not there, or the other is
   */
  public Dataset<Row> tokenize(Dataset<Row> rows, String content, String name) {
    StructType schema = rows.schema();
    int index = java.util.Arrays.asList(schema.fieldNames()).indexOf(content);
    if (index < 0 || !(schema.fields()[index].dataType() instanceof BinaryType)) {
      throw new IllegalArgumentException(
          "Cannot tokenize column "
              + content
              + ": there is no such column of bytes (there are "
              + schema.simpleString()
              + ")");
    }
    if (java.util.Arrays.asList(schema.fieldNames()).contains(name)) {
      throw new IllegalArgumentException(
          "Cannot add column " + name + ": there is one (give another name)");
    }
    return rows.mapPartitions(
        new TokenizeRows(index, bundle, fingerprint, device),
        Encoders.row(schema.add(name, Outcomes.TYPE)));
  }
}
