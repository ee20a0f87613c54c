package org.tessera.udf.eeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Step;
import org.tessera.udf.eeg.signal.Fft;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

class DemoEegTest {
  private static final List<Step> SECONDS =
      List.of(
          EegRuns.step("scale", "unit", "uV"),
          EegRuns.step("windows", "seconds", 2, "per_channel", true));

  @Test
  void everyRecordingIsRead(@TempDir Path dir) throws Exception {
    DemoEeg.write(dir, 9, 5);
    List<Path> headers = files(dir, ".edf", ".vhdr");
    assertThat(headers).hasSize(10);
    assertThat(files(dir, ".vhdr")).hasSize(1);
    for (Path file : headers) {
      if (file.endsWith("cut.edf")) {
        assertThatThrownBy(() -> EegRuns.segments(file, SECONDS))
            .isInstanceOfSatisfying(
                SampleException.class, e -> assertThat(e.code()).isEqualTo(RejectCode.TRUNCATED));
      } else {
        List<Segment> segments = EegRuns.segments(file, SECONDS);
        assertThat(segments).hasSize(15 * 8);
        assertThat(segments)
            .anySatisfy(s -> assertThat(s.labels().get("annotation")).contains("eyes closed"))
            .anySatisfy(s -> assertThat(s.labels().get("annotation")).contains("blink"));
      }
    }
  }

  @Test
  void alphaRisesWhereEyesAreClosed(@TempDir Path dir) throws Exception {
    DemoEeg.write(dir, 1, 5);
    double closed = 0;
    double open = 0;
    int closedCount = 0;
    int openCount = 0;
    for (Segment segment : EegRuns.segments(dir.resolve("recording_000.edf"), SECONDS)) {
      if (segment.channel() == 7) {
        double alpha = alpha(segment.signal().toFloats());
        if (segment.labels().getOrDefault("annotation", "").contains("eyes closed")) {
          closed += alpha;
          closedCount++;
        } else {
          open += alpha;
          openCount++;
        }
      }
    }
    assertThat(closed / closedCount).isGreaterThan(5 * open / openCount);
  }

  private static double alpha(float[] values) {
    Fft fft = new Fft(values.length);
    double[] spectrum = new double[2 * fft.bins()];
    double[] signal = new double[values.length];
    for (int i = 0; i < signal.length; i++) {
      signal[i] = values[i];
    }
    fft.forward(signal, spectrum);
    double sum = 0;
    for (int k = 16; k < 26; k++) {
      sum += spectrum[2 * k] * spectrum[2 * k] + spectrum[2 * k + 1] * spectrum[2 * k + 1];
    }
    return sum;
  }

  @Test
  void equalArgumentsGiveEqualBytes(@TempDir Path a, @TempDir Path b) throws Exception {
    DemoEeg.write(a, 8, 1);
    DemoEeg.write(b, 8, 1);
    for (Path file : files(a, "")) {
      assertThat(Files.mismatch(file, b.resolve(file.getFileName()))).isEqualTo(-1);
    }
  }

  private static List<Path> files(Path dir, String... endings) throws Exception {
    try (Stream<Path> list = Files.list(dir)) {
      return list.filter(p -> Stream.of(endings).anyMatch(e -> p.toString().endsWith(e)))
          .sorted()
          .toList();
    }
  }
}
