package org.tessera.pipeline.fit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Blocks in memory, seen by several workers in a random order. */
final class LocalBlocks implements VectorBlocks {
  private final List<Block> blocks;
  private final int workers;
  private final Random random;
  private double lost;

  /** The same blocks, but spread over workers and ordered by {@code order}. */
  LocalBlocks(List<Block> blocks, int workers, long order) {
    this.blocks = blocks;
    this.workers = workers;
    this.random = new Random(order);
  }

  /** Makes a share of the blocks others that hold the same, each time that they are seen. */
  LocalBlocks losing(double share) {
    lost = share;
    return this;
  }

  /** Cuts rows into blocks. */
  static List<Block> cut(float[] rows, int dimensions, int perBlock) {
    List<Block> blocks = new ArrayList<>();
    int count = rows.length / dimensions;
    for (int start = 0; start < count; start += perBlock) {
      int size = Math.min(perBlock, count - start);
      float[] values =
          java.util.Arrays.copyOfRange(rows, start * dimensions, (start + size) * dimensions);
      blocks.add(new Block(blocks.size(), size, dimensions, values));
    }
    return blocks;
  }

  static LocalBlocks of(float[] rows, int dimensions, int perBlock) {
    return new LocalBlocks(cut(rows, dimensions, perBlock), 1, 0);
  }

  List<Block> blocks() {
    return blocks;
  }

  @Override
  public int dimensions() {
    return blocks.get(0).dimensions();
  }

  @Override
  public long count() {
    return blocks.stream().mapToLong(Block::count).sum();
  }

  private List<List<Block>> spread() {
    List<Block> order = new ArrayList<>(blocks);
    Collections.shuffle(order, random);
    List<List<Block>> spread = new ArrayList<>();
    for (int worker = 0; worker < workers; worker++) {
      spread.add(new ArrayList<>());
    }
    order.forEach(block -> spread.get(random.nextInt(workers)).add(seen(block)));
    return spread;
  }

  private Block seen(Block block) {
    boolean isLost = random.nextDouble() < lost;
    return isLost ? new Block(block.id(), block.count(), dimensions(), block.values()) : block;
  }

  @Override
  public Map<Integer, Part> fold(Fold fold) {
    Map<Integer, Part> merged = new TreeMap<>();
    for (List<Block> mine : spread()) {
      try (FoldWorker worker = fold.open()) {
        mine.forEach(worker::add);
        worker.parts().forEach((key, part) -> merged.merge(key, part, Part::merge));
      } catch (Exception e) {
        throw rethrow(e);
      }
    }
    return merged;
  }

  @Override
  public VectorBlocks map(BlockMap map, int dimensions) {
    try (MapWorker worker = map.open()) {
      return new LocalBlocks(
          blocks.stream().map(this::seen).map(worker::apply).toList(), workers, random.nextLong());
    } catch (Exception e) {
      throw rethrow(e);
    }
  }

  private static RuntimeException rethrow(Exception e) {
    return e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
  }

  @Override
  public void close() {}
}
