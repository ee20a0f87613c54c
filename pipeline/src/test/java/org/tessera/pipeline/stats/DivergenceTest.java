package org.tessera.pipeline.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DivergenceTest {
  @Test
  void measuresEqualScipys() throws IOException {
    JsonNode golden;
    try (InputStream in = getClass().getResourceAsStream("divergence.json")) {
      golden = new ObjectMapper().readTree(in);
    }
    assertThat(golden.path("cases")).hasSize(4);
    for (JsonNode example : golden.path("cases")) {
      Divergence d =
          Divergence.between(counts(example.path("baseline")), counts(example.path("candidate")));
      close(d.totalVariation(), example, "total_variation");
      close(d.totalVariationNoise(), example, "total_variation_noise");
      close(d.jensenShannon(), example, "jensen_shannon");
      close(d.chiSquare(), example, "chi_square");
      close(d.psi(), example, "psi");
      assertThat(d.degreesOfFreedom()).isEqualTo(example.path("degrees_of_freedom").asLong());
    }
  }

  @Test
  void equalSharesAreNoDistanceApart() {
    Divergence d =
        Divergence.between(CodebookCounts.of(10, 0, 30, 60), CodebookCounts.of(100, 0, 300, 600));
    assertThat(d.totalVariation()).isCloseTo(0, within(1e-15));
    assertThat(d.jensenShannon()).isCloseTo(0, within(1e-15));
    assertThat(d.chiSquare()).isCloseTo(0, within(1e-9));
    assertThat(d.codes()).isEqualTo(3);
  }

  @Test
  void nothingInCommonIsOne() {
    Divergence d = Divergence.between(CodebookCounts.of(5, 5, 0, 0), CodebookCounts.of(0, 0, 8, 2));
    assertThat(d.totalVariation()).isEqualTo(1);
    assertThat(d.jensenShannon()).isCloseTo(1, within(1e-15));
    assertThat(d.cramersV()).isCloseTo(1, within(1e-12));
    assertThat(d.appeared()).isEqualTo(2);
    assertThat(d.vanished()).isEqualTo(2);
  }

  @Test
  void unusedCodesMayBeLeftOut() {
    Divergence.Sum sum = new Divergence.Sum(10, 20, 1000);
    sum.add(4, 20);
    sum.add(6, 0);
    long[] baseline = new long[1000];
    long[] candidate = new long[1000];
    baseline[7] = 4;
    baseline[900] = 6;
    candidate[7] = 20;
    Divergence whole =
        Divergence.between(CodebookCounts.of(baseline), CodebookCounts.of(candidate));
    Divergence sparse = sum.done();
    assertThat(sparse.psi()).isCloseTo(whole.psi(), within(1e-9));
    assertThat(sparse.jensenShannon()).isEqualTo(whole.jensenShannon());
    assertThat(sparse.codes()).isEqualTo(2);
  }

  /** The expected values of two samples of one source, against a simulation. */
  @Test
  void noiseIsWhatSamplesOfOneSourceShow() {
    Random random = new Random(7);
    double[] sums = new double[8];
    int trials = 200;
    for (int t = 0; t < trials; t++) {
      Divergence d = Divergence.between(draw(random, 4000), draw(random, 6000));
      double[] values = {
        d.totalVariation(), d.totalVariationNoise(),
        d.jensenShannon(), d.jensenShannonNoise(),
        d.cramersV(), d.cramersVNoise(),
        d.psi(), d.psiNoise()
      };
      for (int i = 0; i < values.length; i++) {
        sums[i] += values[i] / trials;
      }
    }
    for (int i = 0; i < sums.length; i += 2) {
      assertThat(sums[i]).as("measure " + i / 2).isCloseTo(sums[i + 1], within(0.05 * sums[i]));
    }
  }

  @Test
  void nothingCannotBeCompared() {
    assertThatThrownBy(() -> Divergence.between(CodebookCounts.of(0, 0), CodebookCounts.of(1, 0)))
        .hasMessage("Cannot compare 1 ids with 0 of 2 codes (both need ids)");
  }

  private static CodebookCounts draw(Random random, int n) {
    CodebookCounts counts = new CodebookCounts(64);
    for (int i = 0; i < n; i++) {
      counts.add(Math.min(random.nextInt(64), random.nextInt(64)), 1);
    }
    return counts;
  }

  private static CodebookCounts counts(JsonNode values) {
    long[] counts = new long[values.size()];
    for (int i = 0; i < counts.length; i++) {
      counts[i] = values.get(i).asLong();
    }
    return CodebookCounts.of(counts);
  }

  private static void close(double value, JsonNode expected, String name) {
    double wanted = expected.path(name).asDouble();
    assertThat(value).as(name).isCloseTo(wanted, within(1e-10 * Math.max(1, wanted)));
  }
}
