package org.tessera.pipeline.tokens;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.SampleKey;

/**
 * What it costs to turn one outcome into a row of the token table, without and with its digest; the
 * closing of the file is not in it. Run: {@code java -cp CLASSPATH org.openjdk.jmh.Main
 * RowBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowBenchmark {
  private static final int CODES = 1024;

  /** Ids of a row: a short clip, a picture of 16 x 16, and one of 4 x 32 x 32. */
  @Param({"75", "256", "4096"})
  private int ids;

  private final SampleOutcome[] outcomes = new SampleOutcome[64];
  private java.nio.file.Path folder;
  private ParquetSink<SampleOutcome> sink;
  private RowDigest digest;
  private int at;

  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] =
          SampleOutcome.tokenized(
              SampleKey.of("s3a://corpus/photos/" + i + ".jpg"),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
              new SampleOutcome.Tokens(
                  random.ints(ids, 0, CODES).toArray(),
                  new int[] {ids},
                  new float[] {random.nextInt(1000) / 1000f},
                  0,
                  0,
                  new TreeMap<>(Map.of("width", 640, "height", 480)),
                  new TreeMap<>(Map.of("label", "label-" + i % 10))));
    }
  }

  @Setup(Level.Iteration)
  public void open() throws IOException {
    folder = Files.createTempDirectory("row-benchmark");
    Path file = new Path(folder.resolve("part.parquet").toUri());
    sink = TokenTable.open(file, new Configuration(), Map.of());
    digest = new RowDigest();
  }

  @TearDown(Level.Iteration)
  public void close() throws IOException {
    sink.close();
    Files.deleteIfExists(folder.resolve(".part.parquet.crc"));
    Files.delete(folder.resolve("part.parquet"));
    Files.delete(folder);
  }

  private SampleOutcome next() {
    at = (at + 1) % outcomes.length;
    return outcomes[at];
  }

  @Benchmark
  public void row() throws IOException {
    sink.write(next());
  }

  @Benchmark
  public void rowAndDigest() throws IOException {
    SampleOutcome outcome = next();
    sink.write(outcome);
    digest.tokens(
        outcome.key().id(),
        outcome.contentSha256(),
        outcome.tokens().shape(),
        outcome.tokens().ids());
  }
}
