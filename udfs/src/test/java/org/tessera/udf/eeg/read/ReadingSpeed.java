package org.tessera.udf.eeg.read;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * Reads whole recordings into doubles, again and again, and prints the best time of each in
 * seconds: the Java side of speed.py, which does the same with MNE and prints the ratio.
 */
final class ReadingSpeed {
  private static final int ROUNDS = 12;
  private static final Limits LIMITS =
      new Limits(1L << 40, 1, 1L << 32, 1e7, 4096, 1, 4, Long.MAX_VALUE / 2);

  private ReadingSpeed() {}

  /** Arguments: files. Output: one line for each, seconds and a checksum. */
  public static void main(String[] args) throws IOException, SampleException {
    for (String file : args) {
      double best = Double.POSITIVE_INFINITY;
      double sum = 0;
      for (int round = 0; round < ROUNDS; round++) {
        long start = System.nanoTime();
        sum = read(Path.of(file));
        best = Math.min(best, (System.nanoTime() - start) / 1e9);
      }
      System.out.println(best + " " + sum);
    }
  }

  private static double read(Path path) throws IOException, SampleException {
    try (OpenFile file = OpenFile.of(path, LIMITS)) {
      Recording recording = file.recording();
      int channels = recording.channels().size();
      double sum = 0;
      for (int run = 0; run < recording.runStarts().size(); run++) {
        int frames = Math.toIntExact(recording.frames(run, 0));
        double[][] values = new double[channels][frames];
        recording.read(run, 0, frames, IntStream.range(0, channels).toArray(), values);
        sum += Arrays.stream(values).mapToDouble(row -> row[frames / 2]).sum();
      }
      return sum;
    }
  }
}
