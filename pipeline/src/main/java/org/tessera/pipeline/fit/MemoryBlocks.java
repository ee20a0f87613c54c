package org.tessera.pipeline.fit;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Blocks in this process's memory, on all of its cores. What is learned from them is, bit for bit,
 * what is learned from the same blocks anywhere else. Thread-safe; closing does nothing.
 */
public final class MemoryBlocks implements VectorBlocks {
  private final List<Block> blocks;
  private final int dimensions;
  private final long count;

  /**
   * Blocks at hand.
   *
   * @param dimensions the length of a vector
   * @param count the number of vectors in all blocks
   */
  public MemoryBlocks(List<Block> blocks, int dimensions, long count) {
    this.blocks = List.copyOf(blocks);
    this.dimensions = dimensions;
    this.count = count;
  }

  @Override
  public int dimensions() {
    return dimensions;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public boolean inMemory() {
    return true;
  }

  @Override
  public Map<Integer, Part> fold(Fold fold) {
    AtomicInteger next = new AtomicInteger();
    List<Map<Integer, Part>> found = onAllCores().mapToObj(core -> fold(fold, next)).toList();
    Map<Integer, Part> merged = new TreeMap<>();
    found.forEach(parts -> parts.forEach((key, part) -> merged.merge(key, part, Part::merge)));
    return merged;
  }

  private Map<Integer, Part> fold(Fold fold, AtomicInteger next) {
    try (FoldWorker worker = fold.open()) {
      for (int i = next.getAndIncrement(); i < blocks.size(); i = next.getAndIncrement()) {
        worker.add(blocks.get(i));
      }
      return worker.parts();
    }
  }

  @Override
  public VectorBlocks map(BlockMap map, int newDimensions) {
    AtomicInteger next = new AtomicInteger();
    Block[] mapped = new Block[blocks.size()];
    onAllCores().forEach(core -> map(map, next, mapped));
    return new MemoryBlocks(Arrays.asList(mapped), newDimensions, count);
  }

  private void map(BlockMap map, AtomicInteger next, Block[] mapped) {
    try (MapWorker worker = map.open()) {
      for (int i = next.getAndIncrement(); i < mapped.length; i = next.getAndIncrement()) {
        mapped[i] = worker.apply(blocks.get(i));
      }
    }
  }

  private IntStream onAllCores() {
    int cores = Runtime.getRuntime().availableProcessors();
    return IntStream.range(0, Math.min(cores, Math.max(1, blocks.size()))).parallel();
  }

  @Override
  public void close() {}
}
