package org.tessera.pipeline.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UsageMetricsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 1000, 1 << 18})
  void aUniformSourceHasTheLargestEntropy(int codes) {
    long[] counts = new long[codes];
    Arrays.fill(counts, 7);

    Map<String, Double> metrics = UsageMetrics.of(CodebookCounts.of(counts));

    double bits = Math.log(codes) / Math.log(2);
    assertThat(metrics.get("entropy")).isCloseTo(bits, within(1e-9));
    assertThat(metrics.get("perplexity")).isCloseTo(codes, within(1e-6 * codes));
    assertThat(metrics.get("utilisation")).isEqualTo(1);
    assertThat(metrics.get("utilisation_var")).isEqualTo(1);
    assertThat(metrics.get("gini")).isCloseTo(0, within(1e-9));
    assertThat(metrics.get("min_frequency")).isEqualTo(1.0 / codes);
    assertThat(metrics.get("max_frequency")).isEqualTo(1.0 / codes);
    assertThat(metrics.get("information_bits")).isCloseTo(7.0 * codes * bits, within(1e-3));
    assertThat(metrics.get("entropy_miller_madow") - metrics.get("entropy"))
        .isCloseTo((codes - 1) / (14.0 * codes * Math.log(2)), within(1e-9));
  }

  @Test
  void aSingleCodeHasNoEntropy() {
    long[] counts = new long[16];
    counts[5] = 1_000_000;

    Map<String, Double> metrics = UsageMetrics.of(CodebookCounts.of(counts));

    assertThat(metrics.get("entropy")).isEqualTo(0);
    assertThat(metrics.get("perplexity")).isEqualTo(1);
    assertThat(metrics.get("entropy_normalised")).isEqualTo(0);
    assertThat(metrics.get("codes_dead")).isEqualTo(15);
    assertThat(metrics.get("gini")).isCloseTo(15.0 / 16, within(1e-12));
    assertThat(metrics.get("top_1_mass")).isEqualTo(1);
    assertThat(metrics.get("utilisation_ceiling")).isCloseTo(1, within(1e-12));
  }

  @Test
  void aZipfSourceHasItsClosedForms() {
    // c_r = 720720 / r over 13 ranks is whole: H_13 = 1145993 / 360360.
    long[] counts = new long[13];
    for (int rank = 1; rank <= 13; rank++) {
      counts[13 - rank] = 720720 / rank;
    }
    double total = 720720 * (1145993.0 / 360360);

    Map<String, Double> metrics = UsageMetrics.of(CodebookCounts.of(counts));

    double expected = 0;
    for (int rank = 1; rank <= 13; rank++) {
      double p = 720720.0 / rank / total;
      expected += p * Math.log(1 / p) / Math.log(2);
    }
    assertThat(metrics.get("tokens")).isEqualTo(total);
    assertThat(metrics.get("entropy")).isCloseTo(expected, within(1e-12));
    assertThat(metrics.get("max_frequency")).isCloseTo(360360 / 1145993.0, within(1e-15));
    // Σ r c_r = 13 · 720720, so G = (14 - 26 · 720720 / N) / 13.
    assertThat(metrics.get("gini")).isCloseTo((14 - 26 * 720720 / total) / 13, within(1e-12));
  }

  @Test
  void theThreeUtilisationsDiffer() {
    // 65536 ids: EnCodec's rule is "at least 2" here; VAR's is 0.08 · 65536 / 8 = 655.36.
    CodebookCounts counts = CodebookCounts.of(63535, 1000, 656, 300, 42, 2, 1, 0);

    Map<String, Double> metrics = UsageMetrics.of(counts);

    assertThat(counts.total()).isEqualTo(65536);
    assertThat(metrics.get("utilisation")).isEqualTo(7 / 8.0);
    assertThat(metrics.get("utilisation_encodec")).isEqualTo(6 / 8.0);
    assertThat(metrics.get("utilisation_var")).isEqualTo(3 / 8.0);
  }

  @Test
  void noIdsHaveNoEntropy() {
    Map<String, Double> metrics = UsageMetrics.of(new CodebookCounts(4));

    assertThat(metrics).containsEntry("tokens", 0.0).containsEntry("utilisation", 0.0);
    assertThat(metrics).doesNotContainKeys("entropy", "perplexity", "min_frequency");
  }

  @Test
  void anIdOutsideTheCodebookIsAnError() {
    CodebookCounts counts = new CodebookCounts(4);
    counts.add(new int[] {0, -1, 3, -1}, 0, 4, 1);
    assertThat(counts.total()).isEqualTo(2);
    assertThat(counts.dropped()).isEqualTo(2);
    assertThatThrownBy(() -> counts.add(new int[] {4}, 0, 1, 1))
        .hasMessage("Cannot count id 4: the codebook has 4 codes (run verify on these tokens)");
    assertThatThrownBy(() -> counts.add(new int[] {-2}, 0, 1, 1)).hasMessageContaining("id -2");
  }
}
