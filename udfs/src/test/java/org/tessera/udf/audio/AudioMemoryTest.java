package org.tessera.udf.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;

@EnabledOnOs(OS.LINUX)
class AudioMemoryTest {
  private static final int RATE = 16_000;
  private static final int HOURS = 3;

  @Test
  void hoursOfSoundTakeConstantMemory() throws Exception {
    AudioFrontEnd frontEnd =
        AudioFrontEnd.of(
            List.of(
                new Step("resample", new TreeMap<>(Map.of("rate", 8000))),
                new Step("segment", new TreeMap<>(Map.of("seconds", 10)))),
            Limits.DEFAULT);
    long before = 0;
    int count = 0;
    double end = 0;
    try (Segments segments =
        frontEnd.open(new SampleInput("a", new LongWav(), SampleInput.Companions.NONE))) {
      for (Segment s = segments.next(); s != null; s = segments.next()) {
        end = s.endS();
        if (++count == 20) {
          before = memory();
        }
      }
      assertThat(memory() - before).as("bytes").isLessThan(32L << 20);
    }
    assertThat(count).isEqualTo(HOURS * 360);
    assertThat(end).isEqualTo(HOURS * 3600.0);
  }

  @Test
  void tenThousandFilesLeaveNoNativeMemory() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms128m",
                "-Xmx128m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                NativeMemoryProbe.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String[] printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .strip()
            .split(" ");
    assertThat(process.waitFor()).isZero();
    assertThat(Integer.parseInt(printed[0])).as("rejected").isEqualTo(5000);
    assertThat(Long.parseLong(printed[1])).as("bytes").isLessThan(24L << 20);
  }

  /** Bytes of the heap that are in use after a collection. */
  private static long memory() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** Hours of a 16-bit WAV whose bytes are made when they are read. */
  private static final class LongWav implements ByteSource {
    private final byte[] header;
    private final long size;

    LongWav() {
      int data = HOURS * 3600 * RATE * 2;
      byte[] wav = WavWriter.write(new float[1][1], RATE);
      ByteBuffer bytes = ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN);
      bytes.putInt(4, data + 36).putInt(40, data);
      header = Arrays.copyOf(wav, 44);
      size = 44L + data;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) {
      if (position >= size) {
        return -1;
      }
      int count = (int) Math.min(length, size - position);
      for (int i = 0; i < count; i++) {
        long at = position + i;
        target[offset + i] = at < 44 ? header[(int) at] : (byte) (at * 31 >> 3);
      }
      return count;
    }

    @Override
    public byte[] readAll(long limit) {
      throw new AssertionError("the front-end must not hold the file");
    }
  }
}
