package org.tessera.model.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to bring one sample of 256 x 256 x 3 into a model's memory, beside a copy of as
 * many floats on the heap. Run: {@code java -cp CLASSPATH org.openjdk.jmh.Main
 * NativeTensorBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class NativeTensorBenchmark {
  private static final int SAMPLE = 256 * 256 * 3;

  @Param({"tensorflow", "onnx"})
  private String engine;

  private final float[] sample = new float[SAMPLE];
  private final float[] heap = new float[8 * SAMPLE];
  private ModelSession session;
  private NativeTensor batch;
  private int at;

  @Setup
  public void load() throws Exception {
    Path model = Files.createTempDirectory("benchmark");
    if (engine.equals("tensorflow")) {
      org.tessera.model.engine.tensorflow.TestSavedModels.features(model, 4);
    } else {
      model = model.resolve("features.onnx");
      try (var in =
          getClass().getResourceAsStream("/org/tessera/model/engine/onnx/features.onnx")) {
        Files.copy(in, model);
      }
    }
    session = Engines.of(engine).load(model, Set.of(), EngineOptions.threads(1));
    batch = session.allocate(ElementType.FLOAT32, 8, 256, 256, 3);
  }

  @TearDown
  public void close() {
    batch.close();
    session.close();
  }

  private int next() {
    at = (at + 1) % 8;
    return at * SAMPLE;
  }

  @Benchmark
  public void write() {
    batch.write(next(), sample, 0, SAMPLE);
  }

  @Benchmark
  public void read() {
    batch.read(next(), sample, 0, SAMPLE);
  }

  @Benchmark
  public void copyOnTheHeap() {
    System.arraycopy(sample, 0, heap, next(), SAMPLE);
  }

  @Benchmark
  public void allocateAndClose() {
    session.allocate(ElementType.FLOAT32, 8, 256, 256, 3).close();
  }
}
