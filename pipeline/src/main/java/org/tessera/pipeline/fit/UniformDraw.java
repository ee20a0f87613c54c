package org.tessera.pipeline.fit;

import java.util.List;
import java.util.Map;

/** Draws vectors with equal probabilities. */
final class UniformDraw implements VectorBlocks.Fold {
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final int number;
  private final long count;

  /** Draws from so many vectors. */
  UniformDraw(long seed, int number, long count) {
    this.seed = seed;
    this.number = number;
    this.count = count;
  }

  /** At most {@code number} vectors of the blocks. */
  static List<float[]> of(VectorBlocks blocks, long seed, int number) {
    return ((Draws) blocks.fold(new UniformDraw(seed, number, blocks.count())).get(0)).vectors();
  }

  @Override
  public VectorBlocks.FoldWorker open() {
    Draws draws = Draws.uniform(seed, number, count);
    return new VectorBlocks.FoldWorker() {
      @Override
      public void add(Block block) {
        for (int row = 0; row < block.count(); row++) {
          draws.offer(block, row, 1);
        }
      }

      @Override
      public Map<Integer, VectorBlocks.Part> parts() {
        return Map.of(0, draws);
      }
    };
  }
}
