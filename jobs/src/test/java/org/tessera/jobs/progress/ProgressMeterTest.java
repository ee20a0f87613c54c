package org.tessera.jobs.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;

class ProgressMeterTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ProgressMeter meter =
      new ProgressMeter(new PrintStream(printed, true, StandardCharsets.UTF_8), false);

  @Test
  void looseFilesAreCountedDown() {
    start(2_000);
    assertThat(lineAt(500, 3)).matches("500 / 2,000 samples, .*, 3 rejected, about .* left");
    assertThat(lineAt(2_000, 3)).matches("2,000 / 2,000 samples, .*, 3 rejected");
  }

  @Test
  void samplesOfContainersHaveNoKnownEnd() {
    start(20);
    assertThat(lineAt(64_256, 0)).matches("64,256 samples of 20 inputs, .*, 0 rejected");
  }

  private void start(long inputs) {
    RunManifest run =
        new RunManifest(
            "run-0001",
            Modality.IMAGE,
            "bundle",
            "0",
            List.of("photos"),
            inputs,
            1_000_000,
            1,
            0,
            0,
            0,
            "2026-01-01T00:00:00Z");
    meter.started(run, new Counts(), null);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .startsWith("run-0001: ")
        .contains("1.0 MB, 1 wave\n");
  }

  private String lineAt(long samples, long rejected) {
    Counts counts = new Counts();
    counts.add("samples", samples);
    counts.add("rejected", rejected);
    printed.reset();
    meter.waveDone(new WaveRecord(0, 1, counts, List.of(), 1, "CPU:0", 2, "a", "b"), counts);
    return printed.toString(StandardCharsets.UTF_8).strip();
  }
}
