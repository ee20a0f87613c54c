package org.tessera.pipeline.fit;

/** Takes the nearest code off every vector and remembers it. */
final class LeftOver implements VectorBlocks.BlockMap {
  private static final long serialVersionUID = 1L;

  private final Codebook codebook;

  /** What passes found out; null elsewhere than in the process that keeps the notes. */
  private final transient Notes notes;

  /**
   * Takes off codes.
   *
   * @param notes follow the codebook; may be null
   */
  LeftOver(Codebook codebook, Notes notes) {
    this.codebook = codebook;
    this.notes = notes;
  }

  @Override
  public VectorBlocks.MapWorker open() {
    NearestCodes nearest = Notes.search(codebook, notes);
    return new VectorBlocks.MapWorker() {
      @Override
      public Block apply(Block block) {
        if (notes == null) {
          return subtract(block, nearest.search(block));
        }
        Neighbours known = notes.of(block);
        nearest.search(block, known);
        return subtract(block, known.codes().clone());
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
