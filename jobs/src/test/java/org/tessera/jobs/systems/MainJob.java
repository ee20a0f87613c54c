package org.tessera.jobs.systems;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.pipeline.spark.TokenizeFlow;
import org.tessera.pipeline.spark.TokenizeListener;
import org.tessera.pipeline.spark.TokenizeRequest;
import org.tessera.pipeline.spark.TokenizeResult;
import org.tessera.pipeline.spark.VerifyFlow;
import org.tessera.udf.spark.ModelSettings;

/** Files to token rows by the job that {@code tessera tokenize} runs. */
final class MainJob {
  private MainJob() {}

  private static SparkSession session() {
    return SparkSession.builder()
        .master("local[2]")
        .appName("tessera systems")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "localhost")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.session.timeZone", "UTC")
        .getOrCreate();
  }

  /** Stops Spark. */
  static void stop() {
    session().stop();
  }

  /**
   * Tokenizes a folder; no file may be rejected, and the output must pass {@code verify}.
   *
   * @return uri, segment, tokens, shape, seconds and geometry of each row, by uri, segment and
   *     channel
   */
  static List<Row> tokenize(Path bundle, Path files, Path output) throws IOException {
    TokenizeRequest request =
        TokenizeRequest.of(List.of(files.toString()), bundle.toString(), output.toString())
            .model(ModelSettings.CPU)
            .build();
    TokenizeResult result = new TokenizeFlow(session(), request, TokenizeListener.NONE).run();
    assertThat(result.counts().rejects()).isEmpty();
    assertThat(new VerifyFlow(session(), request.output()).run().findings()).isEmpty();
    return session()
        .read()
        .parquet(output + "/tokens")
        .selectExpr("uri", "segment", "tokens", "shape", "end_s - start_s", "geometry")
        .orderBy("uri", "segment", "channel")
        .collectAsList();
  }
}
