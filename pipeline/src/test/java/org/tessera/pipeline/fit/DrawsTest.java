package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DrawsTest {
  private static final int BLOCKS = 50;
  private static final int ROWS = 20;

  /** Row {@code r} of block {@code b} holds the one value {@code 20 b + r}. */
  private static List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    for (int b = 0; b < BLOCKS; b++) {
      float[] values = new float[ROWS];
      for (int r = 0; r < ROWS; r++) {
        values[r] = b * ROWS + r;
      }
      blocks.add(new Block(b, ROWS, 1, values));
    }
    return blocks;
  }

  /** Odd values weigh three times as much as even ones; 7 weighs nothing. */
  private static double weight(float value) {
    return value == 7 ? 0 : value % 2 == 1 ? 3 : 1;
  }

  private static Draws draw(List<Block> blocks, long seed, int number) {
    Draws draws = new Draws(seed, number);
    for (Block block : blocks) {
      for (int row = 0; row < block.count(); row++) {
        draws.offer(block, row, weight(block.values()[row]));
      }
    }
    return draws;
  }

  private static List<Float> values(Draws draws) {
    return draws.vectors().stream().map(vector -> vector[0]).toList();
  }

  @Test
  void doesNotDependOnOrderAndGrouping() {
    List<Block> blocks = blocks();
    List<Float> expected = values(draw(blocks, 1, 30));
    assertThat(expected).hasSize(30).doesNotHaveDuplicates();
    for (int trial = 0; trial < 10; trial++) {
      List<Block> shuffled = new ArrayList<>(blocks);
      Collections.shuffle(shuffled, new Random(trial));
      Draws parts = draw(shuffled.subList(0, 5 * trial), 1, 30);
      parts.merge(draw(shuffled.subList(5 * trial, BLOCKS), 1, 30));
      assertThat(values(parts)).isEqualTo(expected);
    }
    assertThat(values(draw(blocks, 2, 30))).isNotEqualTo(expected);
  }

  @Test
  void drawsByWeightAndNeverAWeightOfZero() {
    List<Block> blocks = blocks();
    int odd = 0;
    for (int seed = 0; seed < 400; seed++) {
      List<Float> drawn = values(draw(blocks, seed, 10));
      assertThat(drawn).hasSize(10).doesNotContain(7f);
      odd += (int) drawn.stream().filter(value -> value % 2 == 1).count();
    }
    // Three quarters of 4000 draws, with a standard deviation of about 27.
    assertThat(odd).isCloseTo(3000, within(140));
  }

  @Test
  void givesAllWhenFewerAreThere() {
    assertThat(values(draw(blocks(), 1, 5000))).hasSize(BLOCKS * ROWS - 1);
    assertThat(values(draw(blocks(), 1, 0))).isEmpty();
  }
}
