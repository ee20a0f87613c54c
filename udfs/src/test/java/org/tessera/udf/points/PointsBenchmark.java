package org.tessera.udf.points;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
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
import org.tessera.udf.points.geometry.FarthestPoints;
import org.tessera.udf.points.geometry.FloatPoints;
import org.tessera.udf.points.geometry.NearestPoints;
import org.tessera.udf.points.geometry.SplitMix64;
import org.tessera.udf.points.read.Deadline;
import org.tessera.udf.points.read.PointCloud;
import org.tessera.udf.points.read.PointClouds;
import org.tessera.udf.points.read.ReadRequest;
import org.tessera.udf.sample.FileSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * The hot kernels of point clouds. {@code src/test/resources/points/speed.py} runs it beside the
 * reference libraries on the same machine and prints the ratios.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgs = "-Xmx3g")
@State(Scope.Benchmark)
public class PointsBenchmark {
  /** Points of a normal distribution, and how many to choose. */
  @State(Scope.Benchmark)
  public static class Farthest {
    @Param({"1024:64", "8192:512", "100000:1024", "1000000:4096"})
    public String sizes;

    private FloatPoints points;
    private int count;

    /** Makes the points. */
    @Setup
    public void make() {
      String[] parts = sizes.split(":");
      points = normal(Integer.parseInt(parts[0]));
      count = Integer.parseInt(parts[1]);
    }
  }

  /** Points of a normal distribution; the first of them are the places to search from. */
  @State(Scope.Benchmark)
  public static class Nearest {
    @Param({"1024:64:32", "8192:512:32", "100000:4096:32"})
    public String sizes;

    private FloatPoints points;
    private FloatPoints places;
    private int k;

    /** Makes the points. */
    @Setup
    public void make() {
      String[] parts = sizes.split(":");
      points = normal(Integer.parseInt(parts[0]));
      int count = Integer.parseInt(parts[1]);
      places =
          new FloatPoints(
              java.util.Arrays.copyOf(points.x(), count),
              java.util.Arrays.copyOf(points.y(), count),
              java.util.Arrays.copyOf(points.z(), count));
      k = Integer.parseInt(parts[2]);
    }
  }

  /** A file to read; made when none is given. */
  @State(Scope.Benchmark)
  public static class Stored {
    @Param({""})
    public String file;

    private FileSource source;
    private Path made;

    /** Opens the file. */
    @Setup
    public void open() throws IOException {
      Path path = Path.of(file);
      if (file.isEmpty()) {
        made = Files.createTempFile("points", ".las");
        Files.write(made, DemoFiles.las(DemoShapes.noise(1_000_000, new SplitMix64(1))));
        path = made;
      }
      source = new FileSource(path);
    }

    /** Closes it. */
    @TearDown
    public void close() throws IOException {
      source.close();
      if (made != null) {
        Files.delete(made);
      }
    }
  }

  private static FloatPoints normal(int size) {
    Random random = new Random(size);
    double[] xyz = new double[3 * size];
    for (int i = 0; i < xyz.length; i++) {
      xyz[i] = random.nextGaussian();
    }
    return FloatPoints.of(xyz, size);
  }

  /** Farthest-point sampling. */
  @Benchmark
  public int[] farthest(Farthest state) throws SampleException {
    return FarthestPoints.select(
        state.points, state.count, FarthestPoints.Candidates.ALL, Deadline.NONE);
  }

  /** The nearest neighbours of places. */
  @Benchmark
  public int[] nearest(Nearest state) throws SampleException {
    return NearestPoints.of(state.points, state.places, state.k, Deadline.NONE);
  }

  /** A file to coordinates in double precision. */
  @Benchmark
  public PointCloud read(Stored state) throws SampleException {
    SampleInput input = new SampleInput("points", state.source, SampleInput.Companions.NONE);
    return PointClouds.read(
        input,
        PointClouds.format(input),
        new ReadRequest(Set.of(), java.util.List.of(), Limits.DEFAULT, Deadline.NONE));
  }
}
