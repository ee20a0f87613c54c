package org.tessera.pipeline.fit;

/** Cuts some neighbouring dimensions out of every vector. */
final class Slice implements VectorBlocks.BlockMap {
  private static final long serialVersionUID = 1L;

  private final int start;
  private final int length;

  Slice(int start, int length) {
    this.start = start;
    this.length = length;
  }

  @Override
  public VectorBlocks.MapWorker open() {
    return block -> {
      float[] values = new float[block.count() * length];
      for (int row = 0; row < block.count(); row++) {
        System.arraycopy(
            block.values(), row * block.dimensions() + start, values, row * length, length);
      }
      return block.with(length, values);
    };
  }
}
