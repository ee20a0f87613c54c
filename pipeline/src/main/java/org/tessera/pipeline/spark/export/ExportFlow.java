package org.tessera.pipeline.spark.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.tessera.pipeline.export.Composer;
import org.tessera.pipeline.export.ExportFormat;
import org.tessera.pipeline.export.ExportOptions;
import org.tessera.pipeline.export.ExportPlanner;
import org.tessera.pipeline.export.ExportSpec;
import org.tessera.pipeline.export.Measured;
import org.tessera.pipeline.export.VocabularyFile;
import org.tessera.pipeline.ledger.Lease;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.storage.Storage;

/**
 * Exports committed tokens: checks everything, cuts shards, writes them, commits once. What a call
 * leaves undone, the next with the same arguments does. Used by one thread.
 */
public final class ExportFlow {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JavaSparkContext spark;
  private final Request request;
  private final Storage storage;
  private final ExportLedger ledger;

  /**
   * What is asked for.
   *
   * @param tokens outputs of tokenize
   * @param output where the export goes
   * @param append whether what is not exported yet may join what is
   * @param options what it is like
   */
  public record Request(List<String> tokens, String output, boolean append, ExportOptions options) {
    public Request {
      tokens = List.copyOf(tokens);
    }
  }

  /**
   * What was done.
   *
   * @param part the part of the export that this wrote, from 1
   * @param folder where it is
   * @param sequences how many it has
   * @param ids their ids, with padding
   * @param shards files of sequences
   * @param bytes of all files
   * @param streams sequences by template, before packing
   * @param vocabulary the vocabulary's size
   * @param dtype the type of ids
   * @param seconds wall time
   * @param nothingToDo whether all was exported before
   */
  public record Result(
      int part,
      String folder,
      long sequences,
      long ids,
      long shards,
      long bytes,
      SortedMap<String, Long> streams,
      long vocabulary,
      String dtype,
      double seconds,
      boolean nothingToDo) {}

  /** Prepares; nothing is read or written yet. */
  public ExportFlow(SparkSession session, Request request) throws IOException {
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.storage = new Storage(request.output(), spark.hadoopConfiguration());
    this.ledger = new ExportLedger(storage);
  }

  /**
   * Exports.
   *
   * @throws IllegalArgumentException when the options do not fit the tokens; nothing is written
   * @throws IllegalStateException when there is nothing to export, a sample cannot be written, or
   *     the output holds something else; nothing is written
   * @throws IOException when the storage failed
   */
  public Result run() throws IOException {
    long start = System.nanoTime();
    List<ExportLedger.Part> parts = ledger.parts();
    Optional<ExportLedger.Part> last =
        parts.isEmpty() ? Optional.empty() : Optional.of(parts.get(parts.size() - 1));
    List<ExportLedger.Part> done = parts.stream().filter(ExportLedger.Part::done).toList();
    SourceWaves sources = SourceWaves.find(request.tokens(), spark.hadoopConfiguration());
    ExportSpec spec =
        new ExportPlanner(
                request.options(),
                sources.manifests(),
                done.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                        VocabularyFile.read(done.get(done.size() - 1).spec().vocabulary())))
            .plan();
    SourceWaves left = sources.only(spec);
    for (ExportLedger.Part part : done) {
      left = left.without(part.sources(), Composer.exportedBy(part.spec(), spec));
    }
    if (left.isEmpty() && last.isPresent() && last.get().done()) {
      ledger.checkSameKind(parts.get(0), spec);
      return nothing(last.get());
    }
    int number = ledger.next(spec, request.append());
    checkFolder(number, parts);
    return write(number, spec, left, start);
  }

  private Result nothing(ExportLedger.Part part) {
    return new Result(
        part.number(),
        folder(part.number()),
        0,
        0,
        0,
        0,
        new TreeMap<>(),
        VocabularyFile.read(part.spec().vocabulary()).size(),
        part.spec().output().dtype(),
        0,
        true);
  }

  /** A first export goes into an empty folder, so that all that is in it is the export's. */
  private void checkFolder(int number, List<ExportLedger.Part> parts) throws IOException {
    boolean begun = parts.stream().anyMatch(part -> part.number() == number);
    if (begun) {
      return;
    }
    boolean taken = false;
    for (FileStatus file : list(ExportLedger.folder(number))) {
      taken |= number > 1 || !file.getPath().getName().equals(OutputLayout.STATE);
    }
    boolean tokens = storage.exists(OutputLayout.RUNS);
    if (taken || tokens) {
      throw new IllegalStateException(
          "Cannot export to "
              + folder(number)
              + ": there is something else in it"
              + (tokens ? ", the output of tokenize" : "")
              + " (give an empty or new folder)");
    }
  }

  private List<FileStatus> list(String relative) throws IOException {
    if (!relative.isEmpty()) {
      return storage.list(relative);
    }
    Path root = new Path(storage.root());
    return storage.fileSystem().exists(root)
        ? List.of(storage.fileSystem().listStatus(root))
        : List.of();
  }

  private String folder(int number) {
    String folder = ExportLedger.folder(number);
    return folder.isEmpty() ? storage.root() : storage.root() + "/" + folder;
  }

  private Result write(int number, ExportSpec spec, SourceWaves waves, long start)
      throws IOException {
    String specJson = spec.toJson();
    spark.setJobDescription("export: checking all samples");
    JavaPairRDD<String, Iterable<byte[]>> groups = groups(spec, specJson, waves);
    Measured measured = new Measured();
    groups
        .mapPartitions(Tasks.measure(specJson))
        .collect()
        .forEach(json -> measured.add(Measured.fromJson(json)));
    measured.check();
    if (measured.sequences() == 0) {
      throw new IllegalStateException(
          "Cannot export: no sample has all rows that a template takes (join by another --key, or"
              + " tokenize the rest)");
    }
    checkFileNames(spec, specJson, groups);
    Parts parts = new Parts(spec, measured);
    JavaPairRDD<String, byte[]> sorted =
        groups
            .mapPartitionsToPair(Tasks.compose(specJson))
            .repartitionAndSortWithinPartitions(parts);
    spark.setJobDescription("export: cutting shards");
    ShardPlan plan =
        ShardPlan.of(
            sorted.mapPartitionsWithIndex(Tasks.cut(specJson), true).collect(),
            parts,
            spec.buckets());
    return commit(number, spec, waves, sorted, plan, measured, start);
  }

  private JavaPairRDD<String, Iterable<byte[]>> groups(
      ExportSpec spec, String specJson, SourceWaves waves) {
    List<String> splits = waves.splits();
    JavaPairRDD<String, Iterable<byte[]>> rows =
        spark.parallelize(splits, splits.size()).mapPartitionsToPair(new RowReader(specJson));
    if (new Composer(spec).rowsAreAlone()) {
      return rows;
    }
    int partitions = Math.max(splits.size(), spark.defaultParallelism());
    return rows.mapValues(one -> one.iterator().next()).groupByKey(new HashPartitioner(partitions));
  }

  /** Files named by what is not unique must not replace each other. */
  private void checkFileNames(
      ExportSpec spec, String specJson, JavaPairRDD<String, Iterable<byte[]>> groups) {
    String name = spec.output().name();
    if (!spec.output().format().equals(ExportFormat.NPY.id())
        || name.contains("{name}")
        || name.contains("{sample_id}")
        || name.contains("{index}")) {
      return;
    }
    List<String> twice =
        groups
            .mapPartitions(Tasks.files(specJson))
            .mapToPair(file -> new scala.Tuple2<>(file, 1))
            .reduceByKey(Integer::sum)
            .filter(pair -> pair._2() > 1)
            .keys()
            .take(3);
    if (!twice.isEmpty()) {
      throw new IllegalStateException(
          "Cannot name files by "
              + name
              + ": several sequences would be "
              + twice
              + " (have {name} in it)");
    }
  }

  private Result commit(
      int number,
      ExportSpec spec,
      SourceWaves waves,
      JavaPairRDD<String, byte[]> sorted,
      ShardPlan plan,
      Measured measured,
      long start)
      throws IOException {
    try (Lease lease =
        Lease.take(
            storage, "export " + ManagementFactory.getRuntimeMXBean().getName(), Lease.TIME)) {
      ledger.begin(number, spec, waves);
      spark.setJobDescription("export: writing " + plan.count() + " shards");
      ExportWriter writer = new ExportWriter(spark, storage, number, spec);
      ArrayNode files = writer.write(sorted, plan);
      lease.check();
      ObjectNode record = JSON.createObjectNode();
      record.put("format", 1).put("part", number);
      record.put("sequences", plan.sequences()).put("ids", plan.ids()).put("shards", plan.count());
      record.put("bytes", writer.bytes());
      measured.streams().forEach(record.putObject("sequences_by_template")::put);
      record.set("files", files);
      double seconds = (System.nanoTime() - start) / 1e9;
      record.put("seconds", seconds).put("application_id", spark.sc().applicationId());
      ledger.commit(number, record);
      return new Result(
          number,
          folder(number),
          plan.sequences(),
          plan.ids(),
          plan.count(),
          writer.bytes(),
          measured.streams(),
          VocabularyFile.read(spec.vocabulary()).size(),
          spec.output().dtype(),
          seconds,
          false);
    } finally {
      spark.setJobDescription(null);
    }
  }
}
