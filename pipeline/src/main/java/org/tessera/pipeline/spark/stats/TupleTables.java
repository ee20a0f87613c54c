package org.tessera.pipeline.spark.stats;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.collections4.IteratorUtils;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.tessera.pipeline.stats.Frequencies;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.TupleKind;
import org.tessera.pipeline.stats.TupleSums;
import scala.Tuple2;

/**
 * Adds up the tables of tuples and writes what follows: entropies of n-grams, mutual information of
 * neighbours and of slots, and the most frequent next codes. Exact. A kind of many different tuples
 * is added up in parts by its first ids, each small whatever the corpus.
 */
final class TupleTables {
  private static final StructType NEXT =
      StructType.fromDDL(StatsKey.COLUMNS + "code INT, rank INT, next INT, count BIGINT");
  private static final StructType PAIRS =
      StructType.fromDDL(StatsKey.COLUMNS + "other INT, metric STRING, value DOUBLE");
  private static final int TASKS_OF_CORE = 8;

  private final Counted counted;
  private final StatsSettings settings;
  private final List<TupleKind> kinds;

  TupleTables(Counted counted, StatsSettings settings) {
    this.counted = counted;
    this.settings = settings;
    this.kinds = settings.tuples();
  }

  /** Writes the tables of next codes and of pairs of slots, and returns rows of metrics. */
  List<Row> write(StatsKey key, TableFolder folder) throws IOException {
    if (kinds.isEmpty()) {
      return List.of();
    }
    Sum[] sums = new Sum[kinds.size()];
    Arrays.setAll(sums, kind -> new Sum());
    for (Tuple2<Tuple2<Integer, String>, byte[]> found : sums()) {
      sums[kind(found._1())].add(found._1()._2(), found._2());
    }
    List<Row> metrics = new ArrayList<>();
    List<Row> pairs = new ArrayList<>();
    for (TupleKind kind : kinds) {
      int slot = kind.slot();
      Map<String, Double> values = metrics(kind, sums);
      if (kind.other() <= slot + 1) {
        values.forEach((name, value) -> metrics.add(key.row(Grouping.ALL, "", slot, name, value)));
      }
      if (kind.other() > slot) {
        values.forEach(
            (name, value) -> pairs.add(key.row(Grouping.ALL, "", slot, kind.other(), name, value)));
      }
    }
    folder.write("pairs", key, PAIRS, pairs.iterator());
    folder.write("next", key, NEXT, next(key, sums));
    return metrics;
  }

  private Iterator<Row> next(StatsKey key, Sum[] sums) {
    return IntStream.range(0, sums.length)
        .boxed()
        .flatMap(kind -> sums[kind].next.stream().map(next -> next(key, kind, next)))
        .flatMap(List::stream)
        .iterator();
  }

  private List<Row> next(StatsKey key, int kind, byte[] bytes) {
    List<Row> rows = new ArrayList<>();
    TupleSums.readNext(
        bytes,
        (code, rank, next, count) ->
            rows.add(key.row(Grouping.ALL, "", kinds.get(kind).slot(), code, rank, next, count)));
    return rows;
  }

  private static int kind(Tuple2<Integer, String> key) {
    return StatsTask.TUPLES - key._1();
  }

  private List<Tuple2<Tuple2<Integer, String>, byte[]>> sums() {
    return counted.tuplesHere().isPresent() ? here(counted.tuplesHere().get()) : byTasks();
  }

  /** Kinds of a small input have one part each, or few. */
  private List<Tuple2<Tuple2<Integer, String>, byte[]>> here(
      List<Tuple2<Tuple2<Integer, String>, byte[]>> tables) {
    List<Tuple2<Tuple2<Integer, String>, byte[]>> sums = summed(tables, Adding.tuples(settings));
    List<Tuple2<Tuple2<Integer, String>, byte[]>> lasts =
        sums.stream().filter(sum -> Adding.isPart(sum._1())).toList();
    List<Tuple2<Tuple2<Integer, String>, byte[]>> all =
        new ArrayList<>(sums.stream().filter(sum -> !Adding.isPart(sum._1())).toList());
    all.addAll(summed(lasts, Adding.lasts(settings)));
    return all;
  }

  private static List<Tuple2<Tuple2<Integer, String>, byte[]>> summed(
      List<Tuple2<Tuple2<Integer, String>, byte[]>> tables, Adding adding) {
    Map<Tuple2<Integer, String>, List<Tuple2<Tuple2<Integer, String>, byte[]>>> byKey =
        tables.stream().collect(Collectors.groupingBy(Tuple2::_1));
    List<Callable<List<Tuple2<Tuple2<Integer, String>, byte[]>>>> calls = new ArrayList<>();
    for (var own : byKey.values()) {
      calls.add(() -> IteratorUtils.toList(adding.call(own.iterator())));
    }
    return calls.isEmpty()
        ? List.of()
        : Together.call(Runtime.getRuntime().availableProcessors(), calls).stream()
            .flatMap(List::stream)
            .toList();
  }

  private List<Tuple2<Tuple2<Integer, String>, byte[]>> byTasks() {
    int parts = kinds.stream().mapToInt(kind -> kind.parts(settings.idsOfSlot())).sum();
    int tasks = Math.min(parts, TASKS_OF_CORE * counted.tuples().context().defaultParallelism());
    JavaPairRDD<Tuple2<Integer, String>, byte[]> sums =
        summed(counted.tuples(), tasks, Adding.tuples(settings))
            .persist(StorageLevel.MEMORY_AND_DISK_SER());
    try {
      List<Tuple2<Tuple2<Integer, String>, byte[]>> all =
          new ArrayList<>(sums.filter(sum -> !Adding.isPart(sum._1())).collect());
      if (parts > kinds.size()) {
        all.addAll(
            summed(sums.filter(sum -> Adding.isPart(sum._1())), tasks, Adding.lasts(settings))
                .collect());
      }
      return all;
    } finally {
      sums.unpersist();
    }
  }

  private static JavaPairRDD<Tuple2<Integer, String>, byte[]> summed(
      JavaPairRDD<Tuple2<Integer, String>, byte[]> tables, int tasks, Adding adding) {
    return tables
        .repartitionAndSortWithinPartitions(new HashPartitioner(tasks), new KeyOrder())
        .mapPartitionsToPair(adding);
  }

  private static final class KeyOrder implements Comparator<Tuple2<Integer, String>>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Tuple2<Integer, String> one, Tuple2<Integer, String> other) {
      int kinds = one._1().compareTo(other._1());
      return kinds == 0 ? one._2().compareTo(other._2()) : kinds;
    }
  }

  private Map<String, Double> metrics(TupleKind kind, Sum[] sums) {
    Sum own = sums[kinds.indexOf(kind)];
    Frequencies whole = own.of(Adding.WHOLE);
    if (whole.total() == 0) {
      return Map.of();
    }
    Map<String, Double> metrics = new LinkedHashMap<>(whole.metrics(kind.name()));
    double bits = whole.entropy();
    if (kind.ofTwo()) {
      double first = own.of(Adding.FIRST).entropy();
      double last = own.of(Adding.LAST).entropy();
      metrics.put(kind.name() + "_conditional_entropy", bits - first);
      metrics.put(kind.name() + "_mutual_information", first + last - bits);
    } else {
      Sum bigrams = sums[bigramOf(kind)];
      metrics.put(kind.name() + "_conditional_entropy", bits - bigrams.of(Adding.WHOLE).entropy());
    }
    return metrics;
  }

  private int bigramOf(TupleKind trigram) {
    for (int i = 0; i < kinds.size(); i++) {
      if (kinds.get(i).name().equals("bigram") && kinds.get(i).slot() == trigram.slot()) {
        return i;
      }
    }
    throw new IllegalStateException("Cannot find the bigrams of slot " + trigram.slot());
  }

  /** What is known of a kind, of all its tuples. */
  private static final class Sum {
    private final Map<String, Frequencies> frequencies = new HashMap<>();
    private final List<byte[]> next = new ArrayList<>();

    void add(String what, byte[] part) {
      if (what.equals(Adding.NEXT)) {
        next.add(part);
      } else {
        of(what).add(Frequencies.read(part));
      }
    }

    Frequencies of(String what) {
      return frequencies.computeIfAbsent(what, any -> new Frequencies());
    }
  }
}
