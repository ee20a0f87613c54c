package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;

/**
 * A recording of a whole day goes through filters and windows in memory for a few minutes of it.
 */
class LongRecordingTest {
  private static final int CHANNELS = 2;
  private static final int RATE = 128;
  private static final int SECONDS = 86_400;

  /** An EDF file whose samples are made when they are read. */
  private static final class Day implements ByteSource {
    private final byte[] header;
    private long bytesRead;
    private int largestRead;

    Day() {
      StringBuilder text = new StringBuilder();
      text.append(pad("0", 8)).append(pad("X", 160)).append("01.01.0000.00.00");
      text.append(pad("" + 256 * (CHANNELS + 1), 8)).append(pad("", 44));
      text.append(pad("" + SECONDS, 8)).append(pad("1", 8)).append(pad("" + CHANNELS, 4));
      List.of("C3", "C4").forEach(name -> text.append(pad(name, 16)));
      text.append(pad("", 80 * CHANNELS)).append(pad("uV", 8).repeat(CHANNELS));
      for (String limit : List.of("-3276.8", "3276.7", "-32768", "32767")) {
        text.append(pad(limit, 8).repeat(CHANNELS));
      }
      text.append(pad("", 80 * CHANNELS)).append(pad("" + RATE, 8).repeat(CHANNELS));
      text.append(pad("", 32 * CHANNELS));
      header = text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static String pad(String text, int width) {
      return text + " ".repeat(width - text.length());
    }

    @Override
    public long size() {
      return header.length + 2L * CHANNELS * RATE * SECONDS;
    }

    @Override
    public int read(long position, byte[] target, int offset, int length) {
      if (position >= size()) {
        return -1;
      }
      int count = (int) Math.min(length, size() - position);
      for (int i = 0; i < count; i++) {
        long at = position + i;
        target[offset + i] =
            at < header.length ? header[(int) at] : (byte) (at * 0x9E3779B97F4A7C15L >>> 56);
      }
      bytesRead += count;
      largestRead = Math.max(largestRead, count);
      return count;
    }

    @Override
    public byte[] readAll(long limit) {
      throw new AssertionError("A long recording must not be read whole");
    }
  }

  @Test
  void aDayIsNeverHeldWhole() throws Exception {
    Day day = new Day();
    Limits limits = new Limits(1 << 30, 1, 1 << 16, SECONDS, CHANNELS, 1, 1, 600_000);
    List<Step> steps =
        List.of(
            EegRuns.step("filter", "low_hz", 0.5, "high_hz", 40),
            EegRuns.step("notch", "hz", 50),
            EegRuns.step("scale", "unit", "uV"),
            EegRuns.step("windows", "seconds", 30, "stride_s", 20),
            EegRuns.step("quantile_scale"));
    int windows = 0;
    double last = 0;
    try (Segments segments =
        EegFrontEnd.of(steps, limits).open(new SampleInput("day.edf", day, name -> null))) {
      for (Segment s = segments.next(); s != null; s = segments.next()) {
        assertThat(s.signal().shape()).containsExactly(CHANNELS, 30 * RATE);
        last = s.endS();
        windows++;
      }
    }
    assertThat(windows).isEqualTo(1 + (SECONDS - 30) / 20);
    assertThat(last).isEqualTo(86_390);
    // 22 million samples went through filters that may hold 65,536.
    assertThat(day.largestRead).isLessThanOrEqualTo(1 << 20);
    assertThat(day.bytesRead).isLessThan(2 * day.size());
  }
}
