package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.sort_array;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.Claim;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.pipeline.spark.RunRules.Retry;

/** Inputs with rejected samples, to be read again as they are now. Used by one thread. */
final class RejectedInputs {
  private static final int THREADS = 16;
  private static final int AT_ONCE = 1024;

  private final SparkSession spark;
  private final Tables tables;
  private final Configuration configuration;

  RejectedInputs(SparkSession spark, Tables tables) {
    this.spark = spark;
    this.tables = tables;
    this.configuration = spark.sparkContext().hadoopConfiguration();
  }

  /**
   * Finds the inputs, in the order of their URIs, claiming the reject rows that they are to
   * replace. Spark joins them; this process holds a few at a time.
   */
  void find(String fingerprint, Retry retry, Consumer<PlannedInput> sink) throws IOException {
    List<String> runs =
        tables.ledger().runs().stream()
            .filter(run -> run.fingerprint().equals(fingerprint))
            .map(RunManifest::runId)
            .toList();
    Optional<Dataset<Row>> rejects = tables.rejects();
    if (retry == Retry.NONE || rejects.isEmpty() || runs.isEmpty()) {
      return;
    }
    Dataset<Row> own = rejects.get().filter(col("run").isin(runs.toArray()));
    Dataset<Row> wanted =
        (retry == Retry.ALL ? own : own.filter(col("transient"))).select("uri").distinct();
    Iterator<Row> rows =
        wanted
            .join(planned(runs), "uri")
            .join(kept(own, runs, retry), commonColumn(), "left")
            .orderBy("uri")
            .select("input", "except")
            .toLocalIterator();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<PlannedInput> some = new ArrayList<>();
      while (rows.hasNext()) {
        some.add(input(rows.next()));
        if (some.size() == AT_ONCE || !rows.hasNext()) {
          refreshed(some, threads).forEach(sink);
          some.clear();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Each input as the latest run planned it: columns {@code uri} and {@code input}. */
  private Dataset<Row> planned(List<String> runs) {
    Dataset<Row> all = null;
    for (int i = 0; i < runs.size(); i++) {
      Dataset<Row> plan =
          spark
              .read()
              .parquet(tables.storage().path(OutputLayout.plan(runs.get(i))).toString())
              .select(col("uri"), col("input"), lit(i).as("number"));
      all = all == null ? plan : all.union(plan);
    }
    return all.groupBy("uri").agg(max_by(col("input"), col("number")).as("input"));
  }

  /** Members that are not to be read again: columns {@code uri} and {@code except}. */
  private Dataset<Row> kept(Dataset<Row> own, List<String> runs, Retry retry) throws IOException {
    // With all rejects to be read again, only tokens are kept.
    Dataset<Row> kept =
        own.filter(retry == Retry.ALL ? lit(false) : col("transient").equalTo(false))
            .select("uri", "member");
    Optional<Dataset<Row>> tokens = tables.tokens();
    if (tokens.isPresent()) {
      kept =
          kept.union(tokens.get().filter(col("run").isin(runs.toArray())).select("uri", "member"));
    }
    return kept.groupBy("uri").agg(sort_array(collect_set("member")).as("except"));
  }

  private static scala.collection.immutable.Seq<String> commonColumn() {
    return scala.jdk.javaapi.CollectionConverters.asScala(List.of("uri")).toSeq();
  }

  private static PlannedInput input(Row row) {
    List<String> except = row.isNullAt(1) ? List.of() : row.getList(1);
    return PlannedInput.fromJson(row.getString(0)).withClaim(Claim.rejects(except)).asCopyOf("");
  }

  private List<PlannedInput> refreshed(List<PlannedInput> inputs, ExecutorService threads)
      throws IOException {
    try {
      List<Future<PlannedInput>> futures = new ArrayList<>();
      for (PlannedInput input : inputs) {
        futures.add(threads.submit(() -> refreshed(input)));
      }
      List<PlannedInput> fresh = new ArrayList<>();
      for (Future<PlannedInput> future : futures) {
        fresh.add(future.get());
      }
      return fresh;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new java.io.InterruptedIOException("Cannot plan: this process was interrupted");
    } catch (ExecutionException e) {
      throw new IOException("Cannot look at a rejected input: " + e.getCause().getMessage(), e);
    }
  }

  private PlannedInput refreshed(PlannedInput input) throws IOException {
    List<ObjectState> companions = new ArrayList<>();
    for (ObjectState companion : input.companions()) {
      companions.add(now(companion));
    }
    return new PlannedInput(
        now(input.object()), companions, input.labels(), input.claim(), input.copyOf());
  }

  /** What is gone, or may not be looked at, stays as it was: reading it will say why again. */
  private ObjectState now(ObjectState planned) throws IOException {
    Path path = new Path(planned.uri());
    try {
      return InputLister.state(path.getFileSystem(configuration).getFileStatus(path));
    } catch (FileNotFoundException | java.nio.file.AccessDeniedException e) {
      return planned;
    }
  }
}
