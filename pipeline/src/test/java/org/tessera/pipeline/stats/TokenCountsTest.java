package org.tessera.pipeline.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.TokenLayout;

class TokenCountsTest {
  private final TokenLayout levels =
      new TokenLayout(
          List.of("row", "column", "level"), List.of(2, 3, 2), List.of(5, 7), "level", List.of());

  @Test
  void theInnermostAxisCanBeTheSlot() {
    SlotLayout layout = new SlotLayout(levels);
    TokenCounts counts = new TokenCounts(layout);

    counts.add(layout, TokenRow.of(new int[] {0, 6, 1, 6, 2, 6, 3, 6, 4, 6, 4, 0}, 2, 3, 2), null);

    assertThat(counts.slot(0).toArray()).containsExactly(1, 1, 1, 1, 2);
    assertThat(counts.slot(1).toArray()).containsExactly(1, 0, 0, 0, 0, 0, 5);
    assertThat(counts.together().toArray()).containsExactly(1, 1, 1, 1, 2, 1, 0, 0, 0, 0, 0, 5);
  }

  @Test
  void anOuterAxisCanBeTheSlot() {
    SlotLayout layout =
        new SlotLayout(
            new TokenLayout(
                List.of("channel", "group", "time"),
                List.of(2, 2, -1),
                List.of(4),
                "group",
                List.of()));
    TokenCounts counts = new TokenCounts(layout);

    counts.add(layout, TokenRow.of(new int[] {0, 1, 3, 3, 1, 0, 2, 2}, 2, 2, 2), null);

    assertThat(counts.slot(0).toArray()).containsExactly(2, 2, 0, 0);
    assertThat(counts.slot(1).toArray()).containsExactly(0, 0, 2, 2);
  }

  @Test
  void thePyramidsScalesAreSlots() {
    SlotLayout layout =
        new SlotLayout(
            new TokenLayout(List.of("position"), List.of(14), List.of(4), "", List.of(1, 4, 9)));
    TokenCounts counts = new TokenCounts(layout);

    counts.add(layout, TokenRow.of(new int[] {3, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2}, 14), null);

    assertThat(layout.axis()).isEqualTo("scale");
    assertThat(counts.slot(0).toArray()).containsExactly(0, 0, 0, 1);
    assertThat(counts.slot(1).toArray()).containsExactly(2, 2, 0, 0);
    assertThat(counts.slot(2).toArray()).containsExactly(0, 0, 9, 0);
    assertThatThrownBy(() -> counts.add(layout, TokenRow.of(new int[15], 15), null))
        .hasMessage("Cannot count 15 ids: the scales [1, 4, 9] hold 14 (run verify)");
  }

  @Test
  void theSumOfTwoPartsIsTheWhole() {
    SlotLayout layout = new SlotLayout(levels);
    Random random = new Random(1);
    TokenCounts whole = new TokenCounts(layout);
    TokenCounts left = new TokenCounts(layout);
    TokenCounts right = new TokenCounts(layout);
    CorpusCounts wholeCorpus = new CorpusCounts(layout, "position");
    CorpusCounts leftCorpus = new CorpusCounts(layout, "position");
    CorpusCounts rightCorpus = new CorpusCounts(layout, "position");
    for (int i = 0; i < 100; i++) {
      int[] ids = new int[12];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = random.nextInt(j % 2 == 0 ? 5 : 7);
      }
      float[] errors = {random.nextFloat(), random.nextFloat() * 1e-9f};
      TokenRow row =
          new TokenRow(
              ids, 0, 12, new int[] {2, 3, 2}, random.nextLong(), new TokenCounts.Extent(i, i));
      boolean toLeft = random.nextBoolean();
      whole.add(layout, row, errors);
      wholeCorpus.add(layout, row);
      (toLeft ? left : right).add(layout, row, errors);
      (toLeft ? leftCorpus : rightCorpus).add(layout, row);
    }

    byte[] sum = Sums.add(Sums.write(right), Sums.write(left));
    byte[] corpus = Sums.add(Sums.write(rightCorpus), Sums.write(leftCorpus));

    assertThat(Sums.tokens(sum).rows()).isEqualTo(100);
    assertThat(sum).isEqualTo(Sums.write(whole));
    assertThat(corpus).isEqualTo(Sums.write(wholeCorpus));
    assertThat(Sums.tokens(sum).metrics()).isEqualTo(whole.metrics());
    assertThatThrownBy(() -> Sums.tokens(corpus)).hasMessage("Cannot read counts: kind 2 is not 1");
  }

  @Test
  void idsThatDoNotFillTheirShapeAreAnError() {
    SlotLayout layout = new SlotLayout(levels);
    assertThatThrownBy(
            () -> new TokenCounts(layout).add(layout, TokenRow.of(new int[11], 2, 3, 2), null))
        .hasMessage(
            "Cannot count 11 ids of shape [2, 3, 2]: the layout has the axes "
                + "[row, column, level] (run verify)");
  }
}
