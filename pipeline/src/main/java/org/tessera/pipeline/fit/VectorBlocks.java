package org.tessera.pipeline.fit;

import java.io.Serializable;
import java.util.Map;

/**
 * The vectors that a fit learns from, in blocks that may lie on many machines. Folds and maps may
 * see the blocks in any order and any grouping. Thread-safe; closed by whoever made it.
 */
public interface VectorBlocks extends AutoCloseable {
  /** The length of a vector. */
  int dimensions();

  /** The number of vectors in all blocks. */
  long count();

  /** Whether folds and maps run in this process, on the same blocks every time. */
  default boolean inMemory() {
    return false;
  }

  /**
   * Goes through all blocks.
   *
   * @return the parts by key, each merged from all workers
   */
  Map<Integer, Part> fold(Fold fold);

  /**
   * New blocks, one from each of these. They are computed now, so these may be closed.
   *
   * @param dimensions the length of the new vectors
   */
  VectorBlocks map(BlockMap map, int dimensions);

  /** Frees the memory and disk that hold the blocks. */
  @Override
  void close();

  /** What a fold collects. Merging must not depend on order: integers, minima, maxima, sets. */
  interface Part extends Serializable {
    /** Both together; may change and return this part. */
    Part merge(Part other);
  }

  /** Makes the workers of one fold; crosses to other machines. */
  interface Fold extends Serializable {
    FoldWorker open();
  }

  /** Sees some of the blocks. Not thread-safe. */
  interface FoldWorker extends AutoCloseable {
    void add(Block block);

    /** What was collected, by key. */
    Map<Integer, Part> parts();

    @Override
    default void close() {}
  }

  /** Makes the workers of one map; crosses to other machines. */
  interface BlockMap extends Serializable {
    MapWorker open();
  }

  /** Turns blocks into blocks. Not thread-safe. */
  interface MapWorker extends AutoCloseable {
    Block apply(Block block);

    @Override
    default void close() {}
  }
}
