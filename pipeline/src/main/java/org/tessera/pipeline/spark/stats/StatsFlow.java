package org.tessera.pipeline.spark.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.stats.Grouping;
import org.tessera.pipeline.stats.SlotLayout;
import org.tessera.pipeline.stats.Sums;
import org.tessera.pipeline.stats.TokenCounts;
import org.tessera.pipeline.stats.TokenSplit;
import org.tessera.pipeline.storage.Storage;
import scala.Tuple2;

/**
 * Statistics of an output's committed rows: counted in one pass, written as tidy tables. Used by
 * one thread.
 */
public final class StatsFlow {
  /** The folder of the statistics below an output. */
  public static final String FOLDER = "codebook_stats";

  private static final long SPLIT_BYTES = 128L << 20;

  private final SparkSession spark;
  private final Request request;

  /** Prepares; nothing is read or written yet. */
  public StatsFlow(SparkSession spark, Request request) {
    this.spark = spark;
    this.request = request;
  }

  /**
   * What is asked for.
   *
   * @param tokens the output of tokenize
   * @param output where the statistics go; its {@code codebook_stats} is replaced
   * @param by what to group by beside everything in one group, see {@link Grouping}
   * @param axis the axis to count along, {@code position} for all but the slots' one, or empty
   * @param ngrams the longest n-grams to count, 1 to 3
   * @param seed makes the random order of rows
   */
  public record Request(
      String tokens, String output, List<String> by, String axis, int ngrams, long seed) {
    public Request {
      by = List.copyOf(by);
    }
  }

  /**
   * One group's metrics of one slot.
   *
   * @param tokenizer the tokenizer's name
   * @param slotAxis what the slots are
   * @param slot the slot, or -1 for all together
   * @param metrics by name
   */
  public record Entry(String tokenizer, String slotAxis, int slot, Map<String, Double> metrics) {}

  /**
   * What was counted.
   *
   * @param folder where the tables are
   * @param entries the metrics of everything in one group, all slots together first
   * @param groups the number of groups of each grouping; 0 where no row has such a label
   */
  public record Report(String folder, List<Entry> entries, Map<String, Long> groups) {}

  /**
   * Counts and writes.
   *
   * @throws IllegalStateException when there is nothing to count
   */
  public Report run() throws IOException {
    Storage source = new Storage(request.tokens(), spark.sparkContext().hadoopConfiguration());
    Storage target = new Storage(request.output(), spark.sparkContext().hadoopConfiguration());
    List<Grouping> groupings = groupings();
    Map<String, List<TokenSplit>> splits = committed(source);
    target.delete(FOLDER);
    TableFolder folder = new TableFolder(spark, target, FOLDER);
    StatsTables tables = new StatsTables(folder);
    List<Entry> entries = new ArrayList<>();
    Map<String, Long> groups = new LinkedHashMap<>();
    for (Map.Entry<String, List<TokenSplit>> tokenizer : splits.entrySet()) {
      TokenizerManifest manifest = manifest(source, tokenizer.getKey());
      StatsKey key = new StatsKey(manifest, tokenizer.getKey());
      StatsSettings settings =
          new StatsSettings(manifest, request, groupings, bytes(tokenizer.getValue()));
      try (Counted counted = counted(tokenizer.getValue(), settings)) {
        entries.addAll(
            tables.write(
                counted,
                groupings,
                key,
                new SlotLayout(manifest.layout()),
                new TupleTables(counted, settings),
                sourceBytes(source, tokenizer.getKey())));
        countGroups(counted, groupings, groups);
      }
    }
    if (groupings.size() > 1) {
      new GroupTables(folder).write();
    }
    Report report = new Report(target.path(FOLDER).toString(), entries, groups);
    target.replace(FOLDER + "/summary.json", StatsSummary.node(report).toPrettyString() + "\n");
    return report;
  }

  /**
   * The counts of all rows by the tokenizer's fingerprint: the pass alone. Nothing is grouped or
   * written.
   *
   * @throws IllegalStateException when there is nothing to count
   */
  public SortedMap<String, TokenCounts> counts() throws IOException {
    Storage source = new Storage(request.tokens(), spark.sparkContext().hadoopConfiguration());
    SortedMap<String, TokenCounts> counts = new TreeMap<>();
    for (Map.Entry<String, List<TokenSplit>> tokenizer : committed(source).entrySet()) {
      TokenizerManifest manifest = manifest(source, tokenizer.getKey());
      List<TokenSplit> splits = tokenizer.getValue();
      StatsTask task =
          new StatsTask(
              new StatsSettings(
                      manifest, request, List.of(Grouping.of(Grouping.ALL)), bytes(splits))
                  .countsOnly());
      byte[] sum =
          Counted.small(splits, 1)
              ? task.callHere(splits, spark.sparkContext().hadoopConfiguration()).stream()
                  .map(Tuple2::_2)
                  .reduce(Sums::add)
                  .orElseThrow()
              : Counted.parts(context(), splits, task).values().treeReduce(Sums::add);
      counts.put(tokenizer.getKey(), Sums.tokens(sum));
    }
    return counts;
  }

  private Counted counted(List<TokenSplit> splits, StatsSettings settings) {
    StatsTask task = new StatsTask(settings);
    return Counted.small(splits, Math.max(1, settings.kindsOfId()))
        ? Counted.here(context(), splits, task)
        : Counted.byTasks(context(), splits, task);
  }

  private static long bytes(List<TokenSplit> splits) {
    return splits.stream().mapToLong(split -> split.end() - split.start()).sum();
  }

  private JavaSparkContext context() {
    return new JavaSparkContext(spark.sparkContext());
  }

  private static void countGroups(
      Counted counted, List<Grouping> groupings, Map<String, Long> groups) {
    for (int i = 1; i < groupings.size(); i++) {
      int index = i;
      var own = counted.groups().keys().filter(key -> key._1() == index).map(Tuple2::_2);
      groups.merge(
          groupings.get(i).name(), own.take(2).equals(List.of("")) ? 0L : own.count(), Long::sum);
    }
  }

  private List<Grouping> groupings() {
    Set<String> names = new LinkedHashSet<>();
    names.add(Grouping.ALL);
    names.addAll(request.by());
    return names.stream().map(Grouping::of).toList();
  }

  private Map<String, List<TokenSplit>> committed(Storage source) throws IOException {
    Map<String, List<TokenSplit>> splits = splits(source);
    if (splits.isEmpty()) {
      throw new IllegalStateException(
          "Cannot count: there are no committed token rows in "
              + request.tokens()
              + " (give the --output of tokenize)");
    }
    return splits;
  }

  /** The committed token files by fingerprint. */
  private static Map<String, List<TokenSplit>> splits(Storage source) throws IOException {
    Ledger ledger = new Ledger(source);
    Map<String, List<TokenSplit>> splits = new LinkedHashMap<>();
    for (RunManifest run : ledger.runs()) {
      for (WaveRecord wave : ledger.waves(run.runId()).values()) {
        for (WaveRecord.DataFile file : wave.files()) {
          if (file.path().startsWith("tokens/")) {
            splits
                .computeIfAbsent(run.fingerprint(), any -> new ArrayList<>())
                .addAll(
                    TokenSplit.cut(
                        run.runId(),
                        wave.wave(),
                        source.path(file.path()).toString(),
                        file.bytes(),
                        SPLIT_BYTES));
          }
        }
      }
    }
    return splits;
  }

  private static TokenizerManifest manifest(Storage source, String fingerprint) throws IOException {
    return new TokenizerCatalog(source)
        .find(fingerprint)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot count tokens of tokenizer "
                        + fingerprint
                        + ": its manifest is missing in the output (run verify)"));
  }

  /** What was read to make a tokenizer's tokens. */
  private static long sourceBytes(Storage source, String fingerprint) throws IOException {
    long read = 0;
    Ledger ledger = new Ledger(source);
    for (RunManifest run : ledger.runs()) {
      if (run.fingerprint().equals(fingerprint)) {
        for (WaveRecord wave : ledger.waves(run.runId()).values()) {
          read += wave.counts().value("bytes");
        }
      }
    }
    return read;
  }
}
