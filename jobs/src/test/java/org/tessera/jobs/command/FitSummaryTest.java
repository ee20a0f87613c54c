package org.tessera.jobs.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.tessera.pipeline.fit.FitReport;
import org.tessera.pipeline.fit.PassReport;

class FitSummaryTest {
  @Test
  void tellsOfEachCodebook() {
    assertThat(FitSummary.of(report(2), "b").lines())
        .containsExactly(
            "Learned patches from 100,000 vectors of 200 samples (210 of 1,000 inputs read, 10"
                + " rejected)",
            "  codebook 0: 16 of 16 codes used, perplexity 10, error 0.2500",
            "  codebook 1: 15 of 16 codes used, perplexity 11, error 0.5000",
            "Bundle b, fingerprint abc");
  }

  @Test
  void tellsOfManyCodebooksTogether() {
    assertThat(FitSummary.of(report(192), "b").lines())
        .hasSize(3)
        .contains(
            "  192 codebooks: 3,052 of 3,072 codes used, perplexity 10 to 201, mean error 24.13"
                + " (each is in fit.json)");
  }

  /** Codebooks of 16 codes, of every tenth a code less used, with errors of a quarter and more. */
  private static FitReport report(int codebooks) {
    List<PassReport> passes =
        IntStream.range(0, codebooks)
            .mapToObj(
                i -> new PassReport(i, 0, 0.25 * (i + 1), 16, i % 10 == 1 ? 15 : 16, 10 + i, 0))
            .toList();
    return new FitReport(
        "patches",
        1000,
        210,
        200,
        new TreeMap<>(Map.of("decode/MALFORMED", 10L)),
        100_000,
        192,
        192,
        1,
        passes,
        "abc");
  }
}
