package org.tessera.pipeline.spark.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.storage.StorageLevel;
import org.tessera.pipeline.fit.Block;
import org.tessera.pipeline.fit.FitInput;
import org.tessera.pipeline.fit.FitRun;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.GroupReader;
import org.tessera.pipeline.fit.Harvest;
import org.tessera.pipeline.fit.ReadPlan;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.pipeline.fit.VectorBlocks;

/**
 * Reads groups of inputs in tasks until there are enough vectors, and keeps the vectors on the
 * executors. Not thread-safe; closing frees them.
 */
final class VectorHarvest implements AutoCloseable {
  /** The inputs of the first round; a later one reads as many as still seem to be needed. */
  private static final int FIRST_ROUND = 128;

  private final JavaSparkContext context;
  private final FitSpec spec;
  private final TrainingSource source;
  private final int partitions;
  private final List<JavaRDD<Object>> rounds = new ArrayList<>();
  private final List<Harvest> groups = new ArrayList<>();
  private final Harvest total = new Harvest();

  VectorHarvest(JavaSparkContext context, FitSpec spec, TrainingSource source, int partitions) {
    this.context = context;
    this.spec = spec;
    this.source = source;
    this.partitions = partitions;
  }

  /** Reads a fit's inputs. */
  void read(FitRun run) {
    List<FitInput> inputs = run.inputs();
    int perGroup = run.inputsPerGroup();
    long wanted = spec.training().maxVectors();
    int done = 0;
    while (done < inputs.size() && total.vectors() < wanted) {
      long next = FIRST_ROUND;
      if (done > 0) {
        // As many as seem to be missing by what the inputs gave so far, and a tenth more.
        long missing = (wanted - total.vectors()) * done / Math.max(1, total.vectors());
        next = Math.max(FIRST_ROUND, missing + missing / 10 + perGroup);
      }
      int end = (int) Math.min(inputs.size(), done + next);
      round(inputs.subList(done, end), perGroup);
      done = end;
    }
  }

  private void round(List<FitInput> inputs, int perGroup) {
    List<String[]> tasks = new ArrayList<>();
    for (int start = 0; start < inputs.size(); start += perGroup) {
      int end = Math.min(inputs.size(), start + perGroup);
      tasks.add(inputs.subList(start, end).stream().map(FitInput::text).toArray(String[]::new));
    }
    int first = groups.size();
    List<GroupTask> numbered = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      numbered.add(new GroupTask(first + i, tasks.get(i)));
    }
    JavaRDD<Object> read =
        context
            .parallelize(numbered, Math.min(partitions, numbered.size()))
            .mapPartitions(new ReadTask(new ReadPlan(spec), source))
            .persist(StorageLevel.MEMORY_AND_DISK());
    rounds.add(read);
    List<Object> harvests = read.filter(item -> item instanceof Harvest).collect();
    harvests.stream()
        .map(Harvest.class::cast)
        .sorted(Comparator.comparingInt(Harvest::group))
        .forEach(
            harvest -> {
              groups.add(harvest);
              total.merge(harvest);
            });
  }

  /** The sums over everything that was read. */
  Harvest total() {
    return total;
  }

  /**
   * The vectors, no more than wanted; freed with this harvest.
   *
   * @param driverBytes vectors that take no more bytes are fetched
   */
  VectorBlocks vectors(long driverBytes) {
    long left = spec.training().maxVectors();
    long count = 0;
    int whole = 0;
    while (whole < groups.size() && left >= groups.get(whole).vectors()) {
      left -= groups.get(whole).vectors();
      count += groups.get(whole).vectors();
      whole++;
    }
    long cut = whole < groups.size() ? left : 0;
    JavaRDD<Object> all = rounds.get(0);
    for (JavaRDD<Object> round : rounds.subList(1, rounds.size())) {
      all = all.union(round);
    }
    JavaRDD<Block> blocks =
        all.filter(item -> item instanceof Block)
            .map(item -> (Block) item)
            .map(new Cut(whole, cut, spec.training().block()))
            .filter(block -> block.count() > 0);
    return SparkBlocks.of(context, blocks, total.dimensions(), count + cut, driverBytes);
  }

  @Override
  public void close() {
    rounds.forEach(round -> round.unpersist(false));
  }

  /** One group of inputs, as it crosses to a task. */
  private static final class GroupTask implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    private final int number;
    private final String[] inputs;

    private GroupTask(int number, String[] inputs) {
      this.number = number;
      this.inputs = inputs;
    }
  }

  private static final class ReadTask implements FlatMapFunction<Iterator<GroupTask>, Object> {
    private static final long serialVersionUID = 1L;

    private final ReadPlan plan;
    private final TrainingSource source;

    private ReadTask(ReadPlan plan, TrainingSource source) {
      this.plan = plan;
      this.source = source;
    }

    @Override
    public Iterator<Object> call(Iterator<GroupTask> groups) {
      return new Iterator<>() {
        private GroupReader reader;

        @Override
        public boolean hasNext() {
          while ((reader == null || !reader.hasNext()) && groups.hasNext()) {
            GroupTask group = groups.next();
            reader =
                new GroupReader(plan, source, group.number, Arrays.asList(group.inputs).iterator());
          }
          return reader != null && reader.hasNext();
        }

        @Override
        public Object next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          return reader.next();
        }
      };
    }
  }

  /** Keeps the vectors of the first groups, and the first ones of the group after them. */
  private static final class Cut implements Function<Block, Block> {
    private static final long serialVersionUID = 1L;

    private final int whole;
    private final long rest;
    private final int perBlock;

    private Cut(int whole, long rest, int perBlock) {
      this.whole = whole;
      this.rest = rest;
      this.perBlock = perBlock;
    }

    @Override
    public Block call(Block block) {
      if (block.group() < whole) {
        return block;
      }
      long before = (long) block.numberInGroup() * perBlock;
      long kept = block.group() == whole ? Math.max(0, rest - before) : 0;
      return block.first((int) Math.min(kept, block.count()));
    }
  }
}
