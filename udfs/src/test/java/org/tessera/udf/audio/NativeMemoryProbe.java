package org.tessera.udf.audio;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;
import org.tessera.udf.sample.SampleInput;

/**
 * A program that opens ten thousand files, half of them cut off, and prints by how many bytes the
 * process grew after the first two thousand. Its JVM must have a heap of constant size.
 */
final class NativeMemoryProbe {
  private static final int FILES = 10_000;
  private static final int WARM = 2_000;

  private NativeMemoryProbe() {}

  public static void main(String[] arguments) throws IOException {
    AudioFrontEnd frontEnd = AudioFrontEnd.of(List.of(), Limits.DEFAULT);
    List<byte[]> files =
        List.of(tone("s16.flac"), tone("layer3.mp3"), tone("s16.wav"), tone("opus.opus"));
    long before = 0;
    int rejected = 0;
    for (int i = 0; i < FILES; i++) {
      byte[] file = files.get(i % files.size());
      boolean cut = i / files.size() % 2 == 1;
      if (i == WARM) {
        before = residentBytes();
      }
      byte[] content = cut ? Arrays.copyOf(file, file.length - 50) : file;
      try (Segments segments = frontEnd.open(SampleInput.of("a", content))) {
        while (segments.next() != null) {
          // Only what stays behind is of interest.
        }
      } catch (SampleException e) {
        rejected++;
      }
    }
    System.out.println(rejected + " " + (residentBytes() - before));
  }

  private static byte[] tone(String name) throws IOException {
    try (var in = NativeMemoryProbe.class.getResourceAsStream("decode/tone/" + name)) {
      return in.readAllBytes();
    }
  }

  private static long residentBytes() throws IOException {
    System.gc();
    return Long.parseLong(Files.readString(Path.of("/proc/self/statm")).split(" ")[1]) * 4096;
  }
}
