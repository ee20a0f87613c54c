package org.tessera.udf.image;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.tessera.udf.sample.SampleException;

/**
 * Prints the processor time of the work of {@link ImageBenchmark}, of all threads, as lines of name
 * and milliseconds: the median of many runs after warming up. Processor time changes little when
 * other programs use the machine.
 */
public final class ImageCpuTimes {
  private static final int WARM_UP = 40;
  private static final int RUNS = 25;

  private ImageCpuTimes() {}

  /** Reads the files of the folder {@code -Dtessera.bench}. */
  public static void main(String[] arguments) throws IOException, SampleException {
    ImageBenchmark benchmark = new ImageBenchmark();
    for (String format : new String[] {"jpg", "png"}) {
      ImageBenchmark.Images images = new ImageBenchmark.Images();
      images.format = format;
      images.read();
      print("decode " + format, () -> benchmark.decode(images));
      print("decodeResizeCrop " + format, () -> benchmark.decodeResizeCrop(images));
      print("resize " + format, () -> benchmark.resize(images));
    }
  }

  private static void print(String name, Work work) throws SampleException {
    for (int i = 0; i < WARM_UP; i++) {
      work.run();
    }
    double[] millis = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      long start = processorNanos();
      work.run();
      millis[i] = (processorNanos() - start) / 1e6;
    }
    Arrays.sort(millis);
    System.out.println(name + "\t" + millis[RUNS / 2]);
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  @FunctionalInterface
  private interface Work {
    Object run() throws SampleException;
  }
}
