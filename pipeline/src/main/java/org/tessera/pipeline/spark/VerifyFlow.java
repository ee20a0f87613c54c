package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sum;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.storage.Storage;

/**
 * Proves an output: every planned input is tokenized or rejected, nothing twice, nothing else; the
 * files are what the ledger says; the ids lie within their codebooks. Reads everything once. Used
 * by one thread.
 */
public final class VerifyFlow {
  private static final int MAX_EXAMPLES = 5;

  private final SparkSession spark;
  private final Tables tables;
  private final Storage storage;
  private final Ledger ledger;
  private final List<String> findings = new ArrayList<>();

  /** Opens an output. */
  public VerifyFlow(SparkSession spark, String output) throws IOException {
    this.spark = spark;
    this.tables = Tables.open(spark, output);
    this.storage = tables.storage();
    this.ledger = tables.ledger();
  }

  /** What was found. Findings are empty when all is well. */
  public record Report(List<String> findings, int runs, int waves, Counts counts) {}

  /**
   * Checks everything.
   *
   * @throws IOException when the output cannot be read
   */
  public Report run() throws IOException {
    List<RunManifest> runs = ledger.runs();
    if (runs.isEmpty()) {
      throw new IOException(
          "Cannot verify " + storage.root() + ": it holds no run (give the --output of tokenize)");
    }
    Counts counts = new Counts();
    int waves = 0;
    SortedMap<String, WaveRecord> records = new TreeMap<>();
    for (RunManifest run : runs) {
      SortedMap<Integer, WaveRecord> done = ledger.waves(run.runId());
      waves += done.size();
      if (done.size() != run.waves()) {
        findings.add(
            String.format(
                "%s is unfinished: %d of %d waves (run tokenize again)",
                run.runId(), done.size(), run.waves()));
      }
      long inputs = 0;
      for (WaveRecord record : done.values()) {
        counts.add(record.counts());
        inputs += record.inputs();
        records.put(run.runId() + "/" + record.wave(), record);
        checkFiles(run, record);
      }
      if (done.size() == run.waves() && !ledger.replaced(run)) {
        findings.add(
            run.runId()
                + " is unfinished: rows that it replaces are still there (run tokenize again)");
      }
      if (done.size() == run.waves() && inputs != run.inputs()) {
        findings.add(
            String.format(
                "%s: its waves read %d inputs, the plan has %d",
                run.runId(), inputs, run.inputs()));
      }
    }
    checkStrayWaves();
    checkRows(records);
    findings.addAll(new DigestCheck(tables).findings());
    for (RunManifest run : runs) {
      checkCoverage(run, runs.subList(runs.indexOf(run) + 1, runs.size()));
    }
    return new Report(List.copyOf(findings), runs.size(), waves, counts);
  }

  private static String wave(String run, int wave) {
    return "wave " + wave + " of " + run;
  }

  /** The ledger's files are there, and nothing else is in the wave's folders. */
  private void checkFiles(RunManifest run, WaveRecord record) throws IOException {
    SortedMap<String, WaveRecord.DataFile> expected = new TreeMap<>();
    record.files().forEach(file -> expected.put(file.path(), file));
    for (String table : List.of("tokens", "rejects")) {
      String folder =
          OutputLayout.waveData(table, run.modality(), run.tokenizer(), run.runId(), record.wave());
      for (FileStatus status : storage.list(folder)) {
        String path = folder + "/" + status.getPath().getName();
        WaveRecord.DataFile file = expected.remove(path);
        if (file == null) {
          if (path.endsWith(".parquet")) {
            findings.add(wave(run.runId(), record.wave()) + ": " + path + " is not in the ledger");
          }
        } else if (file.bytes() != status.getLen()) {
          findings.add(
              String.format(
                  "%s: %s has %d bytes, the ledger says %d",
                  wave(run.runId(), record.wave()), path, status.getLen(), file.bytes()));
        }
      }
    }
    for (String missing : expected.keySet()) {
      findings.add(wave(run.runId(), record.wave()) + ": " + missing + " is missing");
    }
  }

  /** Data of waves that the ledger does not know, of runs that it does. */
  private void checkStrayWaves() throws IOException {
    for (String folder : new LeftOvers(storage, ledger).folders()) {
      findings.add(folder + " is not in the ledger (an unfinished wave; run tokenize again)");
    }
  }

  private void checkRows(SortedMap<String, WaveRecord> records) throws IOException {
    Optional<Dataset<Row>> tokens = tables.tokens();
    Optional<Dataset<Row>> rejects = tables.rejects();
    SortedMap<String, long[]> found = new TreeMap<>();
    if (tokens.isPresent()) {
      countTokens(tokens.get(), found);
      checkIds(tokens.get());
      checkUnique(tokens.get());
      findings.addAll(AlignmentCheck.findings(tokens.get(), MAX_EXAMPLES));
    }
    if (rejects.isPresent()) {
      for (Row row : rejects.get().groupBy("run", "wave").agg(count(lit(1))).collectAsList()) {
        found.computeIfAbsent(key(row), any -> new long[4])[3] = row.getLong(2);
      }
    }
    if (tokens.isPresent() && rejects.isPresent()) {
      checkDisjoint(tokens.get(), rejects.get());
    }
    for (var entry : records.entrySet()) {
      Counts counts = entry.getValue().counts();
      long[] actual = found.getOrDefault(entry.getKey(), new long[4]);
      compare(entry.getKey(), "token rows", counts.value("rows"), actual[0]);
      compare(entry.getKey(), "tokens", counts.value("tokens"), actual[1]);
      compare(entry.getKey(), "tokenized samples", counts.value("tokenized"), actual[2]);
      compare(entry.getKey(), "rejected samples", counts.value("rejected"), actual[3]);
      long samples = counts.value("samples");
      if (samples != counts.value("tokenized") + counts.value("rejected")) {
        findings.add(
            named(entry.getKey())
                + ": the ledger's samples are not its tokenized and rejected: "
                + samples);
      }
    }
  }

  private static void countTokens(Dataset<Row> tokens, SortedMap<String, long[]> found) {
    for (Row row :
        tokens
            .groupBy("run", "wave")
            .agg(count(lit(1)), sum(size(col("tokens"))), countDistinct(col("uri"), col("member")))
            .collectAsList()) {
      found.put(key(row), new long[] {row.getLong(2), row.getLong(3), row.getLong(4), 0});
    }
  }

  private void compare(String wave, String what, long ledger, long found) {
    if (ledger != found) {
      findings.add(
          named(wave) + ": the ledger counts " + ledger + " " + what + ", the files " + found);
    }
  }

  private static String key(Row row) {
    return row.getString(0) + "/" + row.getInt(1);
  }

  private static String named(String key) {
    int slash = key.lastIndexOf('/');
    return "wave " + key.substring(slash + 1) + " of " + key.substring(0, slash);
  }

  private void checkIds(Dataset<Row> tokens) throws IOException {
    TokenizerCatalog catalog = new TokenizerCatalog(storage);
    for (String fingerprint :
        new TreeSet<>(ledger.runs().stream().map(RunManifest::fingerprint).toList())) {
      Optional<TokenizerManifest> manifest = catalog.find(fingerprint);
      if (manifest.isEmpty()) {
        findings.add("the manifest of tokenizer " + fingerprint + " is missing in the output");
        continue;
      }
      Dataset<Row> own =
          tokens.filter(
              col("run")
                  .isInCollection(
                      ledger.runs().stream()
                          .filter(run -> run.fingerprint().equals(fingerprint))
                          .map(RunManifest::runId)
                          .toList()));
      findings.addAll(
          own.select("run", "wave", "sample_id", "tokens", "shape", "geometry")
              .mapPartitions(new IdCheck(manifest.get()), Encoders.STRING())
              .limit(MAX_EXAMPLES)
              .collectAsList());
    }
  }

  private void checkUnique(Dataset<Row> tokens) {
    for (Row row :
        tokens
            .groupBy("tokenizer", "sample_id")
            .agg(
                count(lit(1)).as("n"),
                sort_array(collect_set(col("run"))).as("runs"),
                sort_array(collect_set(col("wave"))).as("waves"))
            .filter(col("n").gt(1))
            .limit(MAX_EXAMPLES)
            .collectAsList()) {
      findings.add(
          "sample "
              + row.getString(1)
              + " has "
              + row.getLong(2)
              + " token rows in waves "
              + row.getList(4)
              + " of "
              + row.getList(3));
    }
  }

  private void checkDisjoint(Dataset<Row> tokens, Dataset<Row> rejects) {
    for (Row row :
        rejects
            .join(
                tokens.select("tokenizer", "uri", "member"),
                columns("tokenizer", "uri", "member"),
                "left_semi")
            .select("uri", "member", "run", "wave")
            .limit(MAX_EXAMPLES)
            .collectAsList()) {
      findings.add(
          wave(row.getString(2), row.getInt(3))
              + ": "
              + row.getString(0)
              + (row.getString(1).isEmpty() ? "" : "!" + row.getString(1))
              + " is both tokenized and rejected");
    }
  }

  /** Every input of a committed wave has rows, here or in a later run, and every row an input. */
  private void checkCoverage(RunManifest run, List<RunManifest> later) throws IOException {
    TreeSet<Integer> done = new TreeSet<>(ledger.waves(run.runId()).keySet());
    Dataset<Row> plan =
        spark
            .read()
            .parquet(storage.path(OutputLayout.plan(run.runId())).toString())
            .filter(col("wave").isInCollection(done))
            .select("uri", "wave");
    Dataset<Row> rows = null;
    for (Optional<Dataset<Row>> table : List.of(tables.tokens(), tables.rejects())) {
      if (table.isPresent()) {
        Dataset<Row> own =
            table.get().filter(col("run").equalTo(run.runId())).select("uri", "wave").distinct();
        rows = rows == null ? own : rows.union(own).distinct();
      }
    }
    if (rows == null) {
      rows = plan.limit(0);
    }
    Dataset<Row> without = plan.except(rows);
    for (RunManifest other : later) {
      if (other.replaces() > 0 && other.fingerprint().equals(run.fingerprint())) {
        without = without.join(replacedBy(other), columns("uri"), "left_anti");
      }
    }
    addExamples(run, without.select("uri", "wave"), "is planned but has no row");
    addExamples(run, rows.except(plan), "has rows but is not planned in this wave");
  }

  private Dataset<Row> replacedBy(RunManifest run) {
    return spark
        .read()
        .parquet(storage.path(OutputLayout.plan(run.runId())).toString())
        .filter(get_json_object(col("input"), "$.replaces").isNotNull())
        .select("uri");
  }

  private static scala.collection.immutable.Seq<String> columns(String... names) {
    return scala.jdk.javaapi.CollectionConverters.asScala(List.of(names)).toSeq();
  }

  private void addExamples(RunManifest run, Dataset<Row> rows, String problem) {
    for (Row row : rows.limit(MAX_EXAMPLES).collectAsList()) {
      findings.add(wave(run.runId(), row.getInt(1)) + ": " + row.getString(0) + " " + problem);
    }
  }
}
