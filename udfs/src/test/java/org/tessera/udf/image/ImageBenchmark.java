package org.tessera.udf.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.image.codec.ImageDecoder;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.image.resample.Filter;
import org.tessera.udf.image.resample.Resampler;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * Milliseconds for all files of a folder on one thread. {@code speed_recipe.py} in the test
 * resources runs these benchmarks and Pillow one after the other and prints the ratios.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 6, time = 2)
public class ImageBenchmark {
  /** The files of the folder {@code tessera.bench} with one extension. */
  @State(Scope.Thread)
  public static class Images {
    @Param({"jpg", "png"})
    public String format;

    final ImageDecoder decoder = new ImageDecoder(Limits.DEFAULT);
    final FrontEnd frontEnd =
        ImageFrontEnd.of(
            List.of(new Step("resize_center_crop", new TreeMap<>(Map.of("size", 256)))),
            Limits.DEFAULT);
    final List<byte[]> files = new ArrayList<>();
    final List<Raster> rasters = new ArrayList<>();

    @Setup
    public void read() throws IOException, SampleException {
      Path folder = Path.of(System.getProperty("tessera.bench"));
      try (Stream<Path> paths = Files.list(folder)) {
        for (Path path : paths.filter(p -> p.toString().endsWith(format)).sorted().toList()) {
          files.add(Files.readAllBytes(path));
          rasters.add(decoder.decode(files.get(files.size() - 1)));
        }
      }
    }
  }

  /** Decoding alone. */
  @Benchmark
  public long decode(Images images) throws SampleException {
    long pixels = 0;
    for (byte[] file : images.files) {
      pixels += images.decoder.decode(file).width();
    }
    return pixels;
  }

  /** From bytes to a model input of 256 x 256. */
  @Benchmark
  public Segment decodeResizeCrop(Images images) throws SampleException {
    Segment segment = null;
    for (byte[] file : images.files) {
      segment = images.frontEnd.open(SampleInput.of("", file)).next();
    }
    return segment;
  }

  /** The resampling kernel alone, to 256 x 256 whatever the shape. */
  @Benchmark
  public Raster resize(Images images) {
    Raster resized = null;
    for (Raster raster : images.rasters) {
      resized = Resampler.resize(raster, 256, 256, Filter.BICUBIC);
    }
    return resized;
  }
}
