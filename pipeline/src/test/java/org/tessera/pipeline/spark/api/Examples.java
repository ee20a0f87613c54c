package org.tessera.pipeline.spark.api;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.udf.api.FileTokenizer;
import org.tessera.udf.encode.SampleOutcome;

/** The Java examples of {@code API.md}. */
final class Examples {
  private Examples() {}

  static Dataset<Row> column(SparkSession spark, String folder, String bundle) throws IOException {
    Dataset<Row> photos = spark.read().format("binaryFile").load(folder);
    Dataset<Row> tokens = BytesTokenizer.open(spark, bundle).tokenize(photos, "content", "outcome");
    tokens.selectExpr("path", "outcome.segments[0].tokens", "outcome.rejection.message").show();
    return tokens;
  }

  static void file(String bundle, String file) throws IOException {
    try (FileTokenizer tokenizer = FileTokenizer.open(Path.of(bundle))) {
      for (SampleOutcome outcome : tokenizer.tokenize(Path.of(file))) {
        System.out.println(Arrays.toString(outcome.tokens().ids()));
      }
    }
  }
}
