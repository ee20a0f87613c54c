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

    counts.add(layout, new int[] {0, 6, 1, 6, 2, 6, 3, 6, 4, 6, 4, 0}, new int[] {2, 3, 2});

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

    counts.add(layout, new int[] {0, 1, 3, 3, 1, 0, 2, 2}, new int[] {2, 2, 2});

    assertThat(counts.slot(0).toArray()).containsExactly(2, 2, 0, 0);
    assertThat(counts.slot(1).toArray()).containsExactly(0, 0, 2, 2);
  }

  @Test
  void thePyramidsScalesAreSlots() {
    SlotLayout layout =
        new SlotLayout(
            new TokenLayout(List.of("position"), List.of(14), List.of(4), "", List.of(1, 4, 9)));
    TokenCounts counts = new TokenCounts(layout);

    counts.add(layout, new int[] {3, 0, 0, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2}, new int[] {14});

    assertThat(layout.axis()).isEqualTo("scale");
    assertThat(counts.slot(0).toArray()).containsExactly(0, 0, 0, 1);
    assertThat(counts.slot(1).toArray()).containsExactly(2, 2, 0, 0);
    assertThat(counts.slot(2).toArray()).containsExactly(0, 0, 9, 0);
    assertThatThrownBy(() -> counts.add(layout, new int[15], new int[] {15}))
        .hasMessage("Cannot count 15 ids: the scales [1, 4, 9] hold 14 (run verify)");
  }

  @Test
  void theSumOfTwoPartsIsTheWhole() {
    SlotLayout layout = new SlotLayout(levels);
    Random random = new Random(1);
    TokenCounts whole = new TokenCounts(layout);
    TokenCounts left = new TokenCounts(layout);
    TokenCounts right = new TokenCounts(layout);
    for (int i = 0; i < 100; i++) {
      int[] ids = new int[12];
      for (int j = 0; j < ids.length; j++) {
        ids[j] = random.nextInt(j % 2 == 0 ? 5 : 7);
      }
      int[] shape = {2, 3, 2};
      whole.add(layout, ids, shape);
      (random.nextBoolean() ? left : right).add(layout, ids, shape);
    }

    TokenCounts sum = TokenCounts.fromBytes(right.toBytes());
    sum.add(left);

    assertThat(sum.rows()).isEqualTo(100);
    assertThat(sum.toBytes()).isEqualTo(whole.toBytes());
    assertThatThrownBy(() -> TokenCounts.fromBytes(new byte[] {9}))
        .hasMessage("Cannot read counts: version 9 is not 1");
  }

  @Test
  void idsThatDoNotFillTheirShapeAreAnError() {
    SlotLayout layout = new SlotLayout(levels);
    assertThatThrownBy(() -> new TokenCounts(layout).add(layout, new int[11], new int[] {2, 3, 2}))
        .hasMessage(
            "Cannot count 11 ids of shape [2, 3, 2]: the layout has the axes "
                + "[row, column, level] (run verify)");
  }
}
