package org.tessera.pipeline.spark.stats;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.util.TaskCompletionListener;
import org.tessera.pipeline.stats.CorpusCounts;
import org.tessera.pipeline.stats.Geometry;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.Sums;
import org.tessera.pipeline.stats.TokenCounts;
import org.tessera.pipeline.stats.TokenRow;
import org.tessera.pipeline.stats.TokenSplit;
import org.tessera.pipeline.stats.TupleCounts;
import org.tessera.pipeline.tokens.TokenFile;
import scala.Tuple2;

/**
 * Counts the rows of some splits, for each way of grouping. When the groups outgrow their budget
 * their partial counts are passed on and started anew, so memory does not depend on how many groups
 * there are; tables of tuples likewise.
 */
final class StatsTask
    implements PairFlatMapFunction<Iterator<String>, Tuple2<Integer, String>, byte[]> {
  private static final long serialVersionUID = 1L;

  /** The key of what is kept of the corpus. */
  static final int CORPUS = -1;

  /** The key of the first kind of tuples; the others follow downwards. */
  static final int TUPLES = -2;

  private final StatsSettings settings;

  StatsTask(StatsSettings settings) {
    this.settings = settings;
  }

  @Override
  public Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> call(Iterator<String> splits) {
    Counting counting =
        new Counting(
            splits, settings, SparkHadoopUtil.get().newConfiguration(SparkEnv.get().conf()));
    TaskContext.get()
        .addTaskCompletionListener((TaskCompletionListener) context -> counting.closeFile());
    return counting;
  }

  /**
   * What tasks of one split each would pass on, counted by threads of this process: for an input
   * that takes less time than the start of a job.
   */
  List<Tuple2<Tuple2<Integer, String>, byte[]>> callHere(
      List<TokenSplit> splits, Configuration configuration) {
    return Together.call(
            Runtime.getRuntime().availableProcessors(),
            splits.stream().map(split -> here(split, configuration)).toList())
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  private Callable<List<Tuple2<Tuple2<Integer, String>, byte[]>>> here(
      TokenSplit split, Configuration configuration) {
    return () -> {
      Counting counting = new Counting(List.of(split.toText()).iterator(), settings, configuration);
      List<Tuple2<Tuple2<Integer, String>, byte[]>> parts = new ArrayList<>();
      try {
        counting.forEachRemaining(parts::add);
      } finally {
        counting.closeFile();
      }
      return parts;
    };
  }

  private static final class Counting implements Iterator<Tuple2<Tuple2<Integer, String>, byte[]>> {
    private final Iterator<String> splits;
    private final StatsSettings settings;
    private final Configuration configuration;
    private final SlotLayout layout;
    private final List<Grouping> groupings;
    private final Set<String> columns = new TreeSet<>(List.of("shape"));
    private final Deque<Tuple2<Tuple2<Integer, String>, byte[]>> ready = new ArrayDeque<>();
    private final Map<Tuple2<Integer, String>, TokenCounts> counts = new LinkedHashMap<>();
    private final CorpusCounts corpus;
    private final TupleCounts tuples;
    private final boolean units;
    private final boolean positions;
    private long held;
    private boolean finished;
    private String geometry = "";
    private long geometryUnits;
    private TokenFile file;
    private TokenSplit split;

    Counting(Iterator<String> splits, StatsSettings settings, Configuration configuration) {
      this.splits = splits;
      this.settings = settings;
      this.configuration = configuration;
      this.layout = new SlotLayout(settings.layout());
      this.groupings = settings.groupings();
      this.corpus = settings.corpus() ? new CorpusCounts(layout, settings.axis()) : null;
      this.tuples = new TupleCounts(layout, settings.ngrams());
      this.units = settings.units();
      this.positions = settings.positions();
      if (corpus != null) {
        columns.addAll(List.of("sample_id", "quantization_error", "start_s", "end_s"));
      }
      if (units || positions) {
        columns.add("geometry");
      }
      groupings.forEach(grouping -> columns.addAll(grouping.columns()));
    }

    @Override
    public boolean hasNext() {
      try {
        while (ready.isEmpty() && !finished) {
          if (!advance()) {
            flushAll();
          } else {
            count();
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Cannot count " + (split == null ? "tokens" : split.path()) + ": " + e.getMessage(), e);
      }
      return !ready.isEmpty();
    }

    @Override
    public Tuple2<Tuple2<Integer, String>, byte[]> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    /** Goes to the next row of any split; false when there is none. */
    private boolean advance() throws IOException {
      while (file == null || !file.next()) {
        closeFile();
        if (!splits.hasNext()) {
          return false;
        }
        split = TokenSplit.fromText(splits.next());
        file =
            TokenFile.open(
                new Path(split.path()), configuration, split.start(), split.end(), columns);
        if (corpus != null) {
          corpus.addIdBytes(file.idBytes());
        }
      }
      return true;
    }

    private void closeFile() {
      if (file != null) {
        try {
          file.close();
        } catch (IOException e) {
          throw new UncheckedIOException("Cannot close " + split.path(), e);
        }
        file = null;
      }
    }

    private void count() {
      TokenRow row = corpus == null ? TokenRow.of(file) : row();
      float[] errors = corpus == null ? null : file.quantizationError();
      try {
        for (int grouping = 0; grouping < groupings.size(); grouping++) {
          counts(grouping, groupings.get(grouping).group(file, split)).add(layout, row, errors);
        }
        if (corpus != null) {
          corpus.add(layout, row);
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalStateException(
            corpus == null
                ? e.getMessage()
                : "Cannot count sample " + file.text("sample_id") + ": " + e.getMessage(),
            e);
      }
      if (!tuples.isEmpty()) {
        tuples.add(row.ids(), row.from(), row.to(), row.shape());
        if (tuples.bytes() > settings.tupleBudget()) {
          flushTuples();
        }
      }
      if (held > settings.groupBudget()) {
        flushGroups();
      }
    }

    private TokenRow row() {
      return new TokenRow(
          file.ids(),
          file.from(),
          file.to(),
          file.shape(),
          TokenRow.place(file.text("sample_id"), settings.seed()),
          new TokenCounts.Extent(
              Math.round((file.number("end_s") - file.number("start_s")) * 1e6),
              units ? units(file.text("geometry")) : 0),
          positions ? Geometry.positions(file.text("geometry")) : null);
    }

    /** Rows that follow each other often have the same geometry. */
    private long units(String json) {
      if (!json.equals(geometry)) {
        geometry = json;
        geometryUnits = Geometry.units(json);
      }
      return geometryUnits;
    }

    private TokenCounts counts(int grouping, String group) {
      return counts.computeIfAbsent(
          new Tuple2<>(grouping, group),
          any -> {
            TokenCounts made = new TokenCounts(layout);
            held += made.bytes();
            return made;
          });
    }

    private void flushAll() {
      finished = true;
      flushGroups();
      flushTuples();
      if (corpus != null) {
        emit(CORPUS, "", Sums.write(corpus));
      }
    }

    private void flushGroups() {
      counts.forEach((key, value) -> emit(key._1(), key._2(), Sums.write(value)));
      counts.clear();
      held = 0;
    }

    private void flushTuples() {
      tuples.drain(
          settings.idsOfSlot(),
          (kind, part, table) -> emit(TUPLES - kind, Integer.toString(part), table));
    }

    private void emit(int key, String group, byte[] bytes) {
      ready.add(new Tuple2<>(new Tuple2<>(key, group), bytes));
    }
  }
}
