package org.tessera.pipeline.spark.fit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.tessera.pipeline.fit.Block;
import org.tessera.pipeline.fit.MemoryBlocks;
import org.tessera.pipeline.fit.VectorBlocks;
import scala.Tuple2;

/** Blocks in the memory and on the disks of Spark's executors. */
final class SparkBlocks implements VectorBlocks {
  /** Up to so many partitions, the driver merges their parts itself. */
  private static final int MERGED_BY_DRIVER = 8;

  private final JavaSparkContext context;
  private final JavaRDD<Block> blocks;
  private final int dimensions;
  private final long count;

  private final long driverBytes;

  private SparkBlocks(
      JavaSparkContext context,
      JavaRDD<Block> blocks,
      int dimensions,
      long count,
      long driverBytes) {
    this.context = context;
    this.blocks = blocks;
    this.dimensions = dimensions;
    this.count = count;
    this.driverBytes = driverBytes;
  }

  /**
   * Blocks whose dimensions and number of vectors are known; closing unpersists them. They are
   * fetched at once where their vectors take no more than {@code driverBytes}.
   */
  static VectorBlocks of(
      JavaSparkContext context,
      JavaRDD<Block> blocks,
      int dimensions,
      long count,
      long driverBytes) {
    if (Float.BYTES * count * dimensions > driverBytes) {
      return new SparkBlocks(context, blocks, dimensions, count, driverBytes);
    }
    List<Block> fetched = blocks.collect();
    blocks.unpersist(false);
    return new MemoryBlocks(fetched, dimensions, count);
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
  public Map<Integer, Part> fold(Fold fold) {
    Broadcast<Fold> shared = context.broadcast(fold);
    try {
      JavaPairRDD<Integer, Part> parts = blocks.mapPartitionsToPair(new FoldTask(shared));
      if (blocks.getNumPartitions() > MERGED_BY_DRIVER) {
        parts = parts.reduceByKey(Part::merge);
      }
      Map<Integer, Part> merged = new TreeMap<>();
      for (Tuple2<Integer, Part> part : parts.collect()) {
        merged.merge(part._1(), part._2(), Part::merge);
      }
      return merged;
    } finally {
      shared.destroy();
    }
  }

  @Override
  public VectorBlocks map(BlockMap map, int newDimensions) {
    Broadcast<BlockMap> shared = context.broadcast(map);
    JavaRDD<Block> mapped =
        blocks.mapPartitions(new MapTask(shared), true).persist(StorageLevel.MEMORY_AND_DISK());
    VectorBlocks result = of(context, mapped, newDimensions, count, driverBytes);
    if (!result.inMemory()) {
      mapped.count();
    }
    return result;
  }

  @Override
  public void close() {
    blocks.unpersist(false);
  }

  private static final class FoldTask
      implements PairFlatMapFunction<Iterator<Block>, Integer, Part> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<Fold> fold;

    private FoldTask(Broadcast<Fold> fold) {
      this.fold = fold;
    }

    @Override
    public Iterator<Tuple2<Integer, Part>> call(Iterator<Block> blocks) throws Exception {
      try (FoldWorker worker = fold.value().open()) {
        blocks.forEachRemaining(worker::add);
        List<Tuple2<Integer, Part>> parts = new ArrayList<>();
        worker.parts().forEach((key, part) -> parts.add(new Tuple2<>(key, part)));
        return parts.iterator();
      }
    }
  }

  private static final class MapTask implements FlatMapFunction<Iterator<Block>, Block> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<BlockMap> map;

    private MapTask(Broadcast<BlockMap> map) {
      this.map = map;
    }

    @Override
    public Iterator<Block> call(Iterator<Block> blocks) {
      MapWorker worker = map.value().open();
      TaskContext.get()
          .addTaskCompletionListener(
              (org.apache.spark.util.TaskCompletionListener)
                  context -> {
                    try {
                      worker.close();
                    } catch (Exception e) {
                      throw new IllegalStateException("Cannot close a worker", e);
                    }
                  });
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return blocks.hasNext();
        }

        @Override
        public Block next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          return worker.apply(blocks.next());
        }
      };
    }
  }
}
