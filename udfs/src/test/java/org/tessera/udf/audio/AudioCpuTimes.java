package org.tessera.udf.audio;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import org.tessera.udf.sample.SampleException;

/**
 * A program that prints the processor time in milliseconds of each benchmark of {@link
 * AudioBenchmark}, the least of many runs: unlike JMH's wall times it says the same on a busy
 * machine. {@code speed_recipe.py} in the test resources runs it.
 */
final class AudioCpuTimes {
  private static final int RUNS = 40;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private AudioCpuTimes() {}

  /** One run of a benchmark. */
  @FunctionalInterface
  private interface Work {
    Object run() throws SampleException;
  }

  public static void main(String[] arguments) throws IOException, SampleException {
    AudioBenchmark benchmark = new AudioBenchmark();
    for (String rates : "44100:16000 48000:16000 48000:24000 44100:24000 16000:24000".split(" ")) {
      AudioBenchmark.Rates state = new AudioBenchmark.Rates();
      state.rates = rates;
      state.setUp();
      print("resample " + rates, () -> benchmark.resample(state));
    }
    AudioBenchmark.Speech speech = new AudioBenchmark.Speech();
    print("fbank", () -> benchmark.fbank(speech));
    print("logMel", () -> benchmark.logMel(speech));
    print("mdct", () -> benchmark.mdct(speech));
    for (String format : "wav flac mp3 ogg opus".split(" ")) {
      AudioBenchmark.Encoded state = new AudioBenchmark.Encoded();
      state.format = format;
      state.setUp();
      print("decode " + format, () -> benchmark.decode(state));
    }
  }

  private static void print(String name, Work work) throws SampleException {
    long least = Long.MAX_VALUE;
    int results = 0;
    for (int i = 0; i < RUNS; i++) {
      long start = THREADS.getCurrentThreadCpuTime();
      results += work.run().hashCode() & 1;
      least = Math.min(least, THREADS.getCurrentThreadCpuTime() - start);
    }
    if (results > RUNS) {
      throw new IllegalStateException("Cannot happen: it keeps the results in use");
    }
    System.out.printf(Locale.ROOT, "%s\t%.3f%n", name, least / 1e6);
  }
}
