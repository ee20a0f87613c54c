package org.tessera.pipeline.fit;

/** Takes the nearest code off every vector. */
final class LeftOver implements VectorBlocks.BlockMap {
  private static final long serialVersionUID = 1L;

  private final Codebook codebook;

  private final Notes notes;

  /** Takes off codes, which the notes follow. */
  LeftOver(Codebook codebook, Notes notes) {
    this.codebook = codebook;
    this.notes = notes;
  }

  @Override
  public VectorBlocks.MapWorker open() {
    NearestCodes nearest = notes.search(codebook);
    return new VectorBlocks.MapWorker() {
      @Override
      public Block apply(Block block) {
        Neighbours known = notes.take(block, codebook.groups().number());
        nearest.search(block, known);
        Block leftOver = subtract(block, known.codes());
        notes.free(known);
        return leftOver;
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
    return block.with(dimensions, residuals);
  }
}
