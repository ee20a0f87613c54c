package org.tessera.udf.audio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.tessera.udf.audio.decode.AudioDecoder;
import org.tessera.udf.audio.feature.KaldiFbank;
import org.tessera.udf.audio.feature.LogMel;
import org.tessera.udf.audio.feature.Mdct;
import org.tessera.udf.audio.signal.ArraySignal;
import org.tessera.udf.audio.signal.ResampleFilter;
import org.tessera.udf.audio.signal.ResampledSignal;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * Milliseconds for 60 seconds of sound on one thread. Run it with {@code org.openjdk.jmh.Main
 * AudioBenchmark}. {@link AudioCpuTimes} runs the same work for {@code speed_recipe.py} in the test
 * resources, which compares it with the reference tools.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AudioBenchmark {
  private static final int SECONDS = 60;

  /** Noise at a rate. */
  private static float[] noise(int rate) {
    Random random = new Random(1);
    float[] samples = new float[rate * SECONDS];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = random.nextFloat() - 0.5f;
    }
    return samples;
  }

  /** Two rates. */
  @State(Scope.Thread)
  public static class Rates {
    @Param({"44100:16000", "48000:16000", "48000:24000", "44100:24000", "16000:24000"})
    public String rates;

    int from;
    int to;
    ResampleFilter filter;
    float[] samples;

    /** Makes the filter and the signal. */
    @Setup
    public void setUp() {
      from = Integer.parseInt(rates.split(":")[0]);
      to = Integer.parseInt(rates.split(":")[1]);
      filter = ResampleFilter.hann(from, to, 6, 0.99);
      samples = noise(from);
    }
  }

  /** 16 kHz. */
  @State(Scope.Thread)
  public static class Speech {
    final float[] samples = noise(16_000);
    final KaldiFbank fbank = new KaldiFbank(KaldiFbank.Options.defaults(16_000, 128));
    final LogMel mel =
        new LogMel(
            new LogMel.Options(
                16_000,
                400,
                400,
                160,
                80,
                0,
                8000,
                200,
                LogMel.Edges.REFLECT,
                2,
                0,
                LogMel.Scale.SLANEY_AREA,
                LogMel.Compression.LN,
                1e-10));
    final Mdct mdct = Mdct.sine(128);
  }

  /** A file of 60 seconds of stereo at 44.1 kHz, in the folder {@code tessera.bench}. */
  @State(Scope.Thread)
  public static class Encoded {
    @Param({"wav", "flac", "mp3", "ogg", "opus"})
    public String format;

    byte[] content;

    /** Reads the file. */
    @Setup
    public void setUp() throws IOException {
      Path folder = Path.of(System.getProperty("tessera.bench", "."));
      content = Files.readAllBytes(folder.resolve("bench." + format));
    }
  }

  @Benchmark
  public int resample(Rates rates) throws SampleException {
    return drain(
        new ResampledSignal(
            new ArraySignal(rates.from, 8192, rates.samples), rates.filter, rates.to));
  }

  @Benchmark
  public float[] fbank(Speech speech) {
    return speech.fbank.apply(speech.samples);
  }

  @Benchmark
  public float[] logMel(Speech speech) {
    return speech.mel.apply(speech.samples);
  }

  @Benchmark
  public float[] mdct(Speech speech) {
    return speech.mdct.apply(speech.samples);
  }

  @Benchmark
  public int decode(Encoded encoded) throws SampleException {
    return drain(new AudioDecoder(Limits.DEFAULT).open(SampleInput.of("bench", encoded.content)));
  }

  private static int drain(Signal signal) throws SampleException {
    try (signal) {
      float[][] block = new float[signal.channels()][8192];
      int total = 0;
      for (int count = 0; count >= 0; count = signal.read(block, 0, block[0].length)) {
        total += count;
      }
      return total;
    }
  }
}
