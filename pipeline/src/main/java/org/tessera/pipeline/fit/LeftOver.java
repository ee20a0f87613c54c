package org.tessera.pipeline.fit;

/** Takes the nearest code off every vector and remembers it. */
final class LeftOver implements VectorBlocks.BlockMap {
  private static final long serialVersionUID = 1L;

  private final Codebook codebook;

  LeftOver(Codebook codebook) {
    this.codebook = codebook;
  }

  @Override
  public VectorBlocks.MapWorker open() {
    NearestCodes nearest = new NearestCodes(codebook);
    return new VectorBlocks.MapWorker() {
      @Override
      public Block apply(Block block) {
        return subtract(block, nearest.search(block));
      }

      @Override
      public void close() {
        nearest.close();
      }
    };
  }

  private Block subtract(Block block, int[] ids) {
    int dimensions = block.dimensions();
    float[] codes = codebook.values();
    float[] residuals = block.values().clone();
    for (int row = 0; row < ids.length; row++) {
      int from = ids[row] * dimensions;
      int to = row * dimensions;
      for (int i = 0; i < dimensions; i++) {
        residuals[to + i] -= codes[from + i];
      }
    }
    return block.leftOver(residuals, ids);
  }
}
