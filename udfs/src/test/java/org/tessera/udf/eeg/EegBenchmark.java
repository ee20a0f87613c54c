package org.tessera.udf.eeg;

import java.util.List;
import java.util.Random;
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
import org.openjdk.jmh.annotations.Warmup;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * Whole front-ends on ten minutes of 21 channels at 256 Hz. Run {@code org.openjdk.jmh.Main
 * EegBenchmark} on the class path of the tests.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class EegBenchmark {
  /** The front-end's steps. */
  @Param({"read", "fir", "butterworth", "resample", "stft", "patches", "tfm"})
  public String chain;

  private SampleInput input;
  private EegFrontEnd frontEnd;

  /** Makes the recording. */
  @Setup
  public void prepare() {
    Random random = new Random(1);
    double[][] values = new double[21][600 * 256];
    for (double[] row : values) {
      for (int i = 0; i < row.length; i++) {
        row[i] = random.nextGaussian() * 2e-5;
      }
    }
    List<String> names = new java.util.ArrayList<>();
    for (int i = 0; i < 21; i++) {
      names.add("C" + i);
    }
    List<String> units = java.util.Collections.nCopies(21, "V");
    input = SampleInput.of("x.edf", new EdfWriter(names, units, 256, values, List.of()).toBytes());
    var windows = EegRuns.step("windows", "seconds", 10);
    var fir = EegRuns.step("filter", "low_hz", 0.1, "high_hz", 75);
    var resample = EegRuns.step("resample", "rate_hz", 200);
    var scale = EegRuns.step("scale", "unit", "uV");
    frontEnd =
        EegFrontEnd.of(
            switch (chain) {
              case "fir" -> List.of(fir, windows);
              case "butterworth" ->
                  List.of(
                      EegRuns.step("filter", "low_hz", 0.1, "high_hz", 75, "method", "butterworth"),
                      windows);
              case "resample" -> List.of(resample, windows);
              case "stft" -> List.of(windows, EegRuns.step("stft"));
              case "patches" -> List.of(windows, EegRuns.step("patches"));
              case "tfm" ->
                  List.of(
                      fir,
                      EegRuns.step("notch", "hz", 50),
                      resample,
                      scale,
                      EegRuns.step("windows", "seconds", 10, "per_channel", true),
                      EegRuns.step("quantile_scale"),
                      EegRuns.step("stft"));
              default -> List.of(windows);
            },
            Limits.DEFAULT);
  }

  /** All segments of the recording. */
  @Benchmark
  public double segments() throws SampleException {
    double sum = 0;
    try (Segments segments = frontEnd.open(input)) {
      for (Segment s = segments.next(); s != null; s = segments.next()) {
        sum += s.endS();
      }
    }
    return sum;
  }
}
