package org.tessera.pipeline.spark.stats;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import org.tessera.pipeline.stats.CorpusCounts;
import org.tessera.pipeline.stats.Sums;
import org.tessera.pipeline.stats.TokenCounts;
import org.tessera.pipeline.stats.TokenSplit;
import scala.Tuple2;

/**
 * What the pass over the files found, added up: by tasks, or for a small input in this process,
 * where starting jobs would take longer than counting. Either way each split is counted by {@link
 * StatsTask} and its sums are added by {@link Sums}, so the numbers are the same. Closed by whoever
 * made it.
 */
final class Counted implements AutoCloseable {
  /** Up to so many bytes an input is small: some millions of ids. */
  private static final long SMALL_BYTES = 8L << 20;

  /** What opening a file counts for beside its bytes. */
  private static final long OPEN_BYTES = 256L << 10;

  /** So many groups are sent to a task. */
  private static final int GROUPS = 500;

  private static final int MOST_TASKS = 100;

  private final TokenCounts overall;
  private final CorpusCounts corpus;
  private final JavaPairRDD<Tuple2<Integer, String>, byte[]> groups;
  private final JavaPairRDD<Tuple2<Integer, String>, byte[]> tuples;
  private final Optional<List<Tuple2<Tuple2<Integer, String>, byte[]>>> tuplesHere;
  private final List<JavaPairRDD<?, ?>> persisted;

  private Counted(
      byte[] overall,
      byte[] corpus,
      JavaPairRDD<Tuple2<Integer, String>, byte[]> groups,
      JavaPairRDD<Tuple2<Integer, String>, byte[]> tuples,
      Optional<List<Tuple2<Tuple2<Integer, String>, byte[]>>> tuplesHere,
      List<JavaPairRDD<?, ?>> persisted) {
    this.overall = Sums.tokens(overall);
    this.corpus = Sums.corpus(corpus);
    this.groups = groups;
    this.tuples = tuples;
    this.tuplesHere = tuplesHere;
    this.persisted = persisted;
  }

  /**
   * Whether counting the splits takes less time than starting tasks for them.
   *
   * @param kinds how often each id is counted
   */
  static boolean small(List<TokenSplit> splits, double kinds) {
    return kinds
            * splits.stream().mapToLong(split -> split.end() - split.start() + OPEN_BYTES).sum()
        <= SMALL_BYTES;
  }

  /** The parts that tasks pass on. */
  static JavaPairRDD<Tuple2<Integer, String>, byte[]> parts(
      JavaSparkContext spark, List<TokenSplit> splits, StatsTask task) {
    return spark
        .parallelize(splits.stream().map(TokenSplit::toText).toList(), splits.size())
        .mapPartitionsToPair(task);
  }

  /** Counts by tasks. */
  static Counted byTasks(JavaSparkContext spark, List<TokenSplit> splits, StatsTask task) {
    JavaPairRDD<Tuple2<Integer, String>, byte[]> parts =
        parts(spark, splits, task).persist(StorageLevel.MEMORY_AND_DISK_SER());
    JavaPairRDD<Tuple2<Integer, String>, byte[]> sums =
        parts
            .filter(pair -> pair._1()._1() >= 0)
            .reduceByKey(Sums::add)
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    try {
      return new Counted(
          sums.filter(pair -> pair._1()._1() == 0).values().first(),
          parts.filter(pair -> pair._1()._1() == StatsTask.CORPUS).values().treeReduce(Sums::add),
          sums.filter(pair -> pair._1()._1() > 0),
          parts.filter(pair -> pair._1()._1() <= StatsTask.TUPLES),
          Optional.empty(),
          List.of(sums, parts));
    } catch (RuntimeException e) {
      sums.unpersist();
      parts.unpersist();
      throw e;
    }
  }

  /** Counts in this process. */
  static Counted here(JavaSparkContext spark, List<TokenSplit> splits, StatsTask task) {
    Map<Tuple2<Integer, String>, byte[]> sums = new LinkedHashMap<>();
    Map<Boolean, List<Tuple2<Tuple2<Integer, String>, byte[]>>> parts =
        task.callHere(splits, spark.hadoopConfiguration()).stream()
            .collect(
                java.util.stream.Collectors.partitioningBy(
                    pair -> pair._1()._1() <= StatsTask.TUPLES));
    parts.get(false).forEach(pair -> sums.merge(pair._1(), pair._2(), Sums::add));
    byte[] overall = sums.remove(new Tuple2<>(0, ""));
    byte[] corpus = sums.remove(new Tuple2<>(StatsTask.CORPUS, ""));
    List<Tuple2<Tuple2<Integer, String>, byte[]>> groups =
        sums.entrySet().stream().map(sum -> new Tuple2<>(sum.getKey(), sum.getValue())).toList();
    return new Counted(
        overall,
        corpus,
        spark.parallelizePairs(groups, 1 + Math.min(groups.size() / GROUPS, MOST_TASKS)),
        null,
        Optional.of(parts.get(true)),
        List.of());
  }

  /** The counts of all rows. */
  TokenCounts overall() {
    return overall;
  }

  /** What is kept of all rows together beside their counts. */
  CorpusCounts corpus() {
    return corpus;
  }

  /** The sums of every group, by the number of the grouping from 1 on and the group. */
  JavaPairRDD<Tuple2<Integer, String>, byte[]> groups() {
    return groups;
  }

  /** The tables of tuples that tasks passed on, by kind and part; null when counted here. */
  JavaPairRDD<Tuple2<Integer, String>, byte[]> tuples() {
    return tuples;
  }

  /** The tables of tuples that were counted here. */
  Optional<List<Tuple2<Tuple2<Integer, String>, byte[]>>> tuplesHere() {
    return tuplesHere;
  }

  @Override
  public void close() {
    persisted.forEach(JavaPairRDD::unpersist);
  }
}
