package org.tessera.pipeline.spark.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.pipeline.spark.SparkForTests;
import org.tessera.pipeline.stats.CodebookCounts;
import org.tessera.pipeline.stats.Divergence;

class DriftFlowIT {
  private static final int CODES = 40;
  private static final int POSITIONS = 50;

  @TempDir private static Path temp;
  private static final SparkSession spark = SparkForTests.session();
  private static CodebookCounts[] before;
  private static CodebookCounts[] after;

  @BeforeAll
  static void count() throws IOException {
    before = tokens("before", 1, 0, layout());
    after = tokens("after", 2, 17, layout());
  }

  private static TokenLayout layout() {
    return new TokenLayout(
        List.of("time", "level"), List.of(-1, 2), List.of(CODES, CODES), "level", List.of());
  }

  /** Tokens whose second level is turned by some codes; returns the counts by level. */
  private static CodebookCounts[] tokens(String name, long seed, int turn, TokenLayout layout)
      throws IOException {
    Random random = new Random(seed);
    CodebookCounts[] counts = {new CodebookCounts(CODES), new CodebookCounts(CODES)};
    List<TokenSet.Line> lines = new ArrayList<>();
    for (int row = 0; row < 60; row++) {
      int[] ids = new int[2 * POSITIONS];
      for (int i = 0; i < ids.length; i++) {
        int level = i % 2;
        int id = Math.min(random.nextInt(CODES - 10), random.nextInt(CODES - 10));
        ids[i] = level == 0 ? id : (id + turn) % CODES;
        counts[level].add(ids[i], 1);
      }
      lines.add(
          new TokenSet.Line(
              "mem:/" + name + "/" + row,
              ids,
              new int[] {POSITIONS, 2},
              null,
              Map.of("label", row % 2 == 0 ? "even" : name),
              0));
    }
    TokenSet set = new TokenSet(temp.resolve(name), layout);
    set.wave(lines);
    new StatsFlow(spark, new StatsFlow.Request(set.uri(), set.uri(), List.of("label"), "", 1, 1))
        .run();
    return counts;
  }

  private static List<DriftFlow.Entry> compare(String baseline, String candidate)
      throws IOException {
    return new DriftFlow(
            spark, temp.resolve(baseline).toString(), temp.resolve(candidate).toString())
        .run();
  }

  @Test
  void whatMovedIsFoundByLevel() throws IOException {
    List<DriftFlow.Entry> entries = compare("before", "after");

    // Two levels of everything, and of the only label that both have.
    assertThat(entries)
        .extracting(e -> e.grouping() + "/" + e.group() + "/" + e.slot())
        .containsExactly("all//0", "all//1", "label/even/0", "label/even/1");
    for (int level = 0; level < 2; level++) {
      Divergence expected = Divergence.between(before[level], after[level]);
      Divergence found = entries.get(level).divergence();
      assertThat(found)
          .usingRecursiveComparison()
          .withComparatorForType(
              (a, b) -> Math.abs(a - b) < 1e-9 * Math.max(1, Math.abs(a)) ? 0 : 1, Double.class)
          .isEqualTo(expected);
    }
    Divergence same = entries.get(0).divergence();
    Divergence moved = entries.get(1).divergence();
    assertThat(same.jensenShannon()).isLessThan(2 * same.jensenShannonNoise());
    assertThat(moved.jensenShannon()).isGreaterThan(0.2);
    assertThat(moved.appeared()).isPositive();
  }

  @Test
  void anOutputHasNotDriftedFromItself() throws IOException {
    for (DriftFlow.Entry entry : compare("before", "before")) {
      assertThat(entry.divergence().totalVariation()).isZero();
      assertThat(entry.divergence().psi()).isZero();
    }
  }

  @Test
  void idsOfAnotherTokenizerCannotBeCompared() throws IOException {
    TokenLayout other =
        new TokenLayout(
            List.of("time", "level"), List.of(-1, 2), List.of(CODES, 50), "level", List.of());
    tokens("other", 3, 0, other);
    assertThatThrownBy(() -> compare("before", "other"))
        .hasMessageContaining("no tokenizer made tokens of both")
        .hasMessageEndingWith("(tokenize both with one bundle)");
  }

  @Test
  void withoutStatisticsNothingIsCompared() {
    assertThatThrownBy(() -> compare("before", "nothing"))
        .hasMessageStartingWith("Cannot compare statistics: there are none in ")
        .hasMessageEndingWith("(run tessera stats on it first)");
  }
}
