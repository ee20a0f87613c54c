package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.PlannedInput.Claim;
import org.tessera.pipeline.plan.PlannedInput.ObjectState;
import org.tessera.pipeline.spark.RunRules.Retry;

/** Inputs with rejected samples, to be read again as they are now. Used by one thread. */
final class RejectedInputs {
  private static final int THREADS = 16;

  private final SparkSession spark;
  private final Tables tables;
  private final Configuration configuration;

  RejectedInputs(SparkSession spark, Tables tables) {
    this.spark = spark;
    this.tables = tables;
    this.configuration = spark.sparkContext().hadoopConfiguration();
  }

  /** The inputs, in the order of their URIs, claiming the reject rows that they are to replace. */
  List<PlannedInput> find(String fingerprint, Retry retry) throws IOException {
    List<RunManifest> runs =
        tables.ledger().runs().stream()
            .filter(run -> run.fingerprint().equals(fingerprint))
            .toList();
    Optional<Dataset<Row>> rejects = tables.rejects();
    if (retry == Retry.NONE || rejects.isEmpty()) {
      return List.of();
    }
    Object[] ids = runs.stream().map(RunManifest::runId).toArray();
    Dataset<Row> own = rejects.get().filter(col("run").isin(ids));
    SortedMap<String, TreeSet<String>> except = new TreeMap<>();
    for (Row row :
        (retry == Retry.ALL ? own : own.filter(col("transient")))
            .select("uri")
            .distinct()
            .collectAsList()) {
      except.put(row.getString(0), new TreeSet<>());
    }
    if (except.isEmpty()) {
      return List.of();
    }
    Dataset<Row> uris =
        broadcast(spark.createDataset(List.copyOf(except.keySet()), Encoders.STRING()).toDF("uri"));
    if (retry == Retry.TRANSIENT) {
      collect(own.filter(col("transient").equalTo(false)), uris, except);
    }
    Optional<Dataset<Row>> tokens = tables.tokens();
    if (tokens.isPresent()) {
      collect(tokens.get().filter(col("run").isin(ids)), uris, except);
    }
    return refreshed(planned(runs, except));
  }

  private static void collect(
      Dataset<Row> rows, Dataset<Row> uris, SortedMap<String, TreeSet<String>> except) {
    for (Row row : rows.join(uris, "uri").select("uri", "member").distinct().collectAsList()) {
      except.get(row.getString(0)).add(row.getString(1));
    }
  }

  /** As the latest run planned them. */
  private List<PlannedInput> planned(
      List<RunManifest> runs, SortedMap<String, TreeSet<String>> except) throws IOException {
    Map<String, PlannedInput> latest = new LinkedHashMap<>();
    except.keySet().forEach(uri -> latest.put(uri, null));
    for (RunManifest run : runs) {
      PlanTable.readAll(
          tables.storage().path(OutputLayout.plan(run.runId())),
          configuration,
          (input, wave) -> {
            if (latest.containsKey(input.object().uri())) {
              latest.put(input.object().uri(), input);
            }
          });
    }
    List<PlannedInput> inputs = new ArrayList<>();
    latest.forEach(
        (uri, input) -> {
          if (input != null) {
            Claim claim = Claim.rejects(List.copyOf(except.get(uri)));
            inputs.add(input.withClaim(claim).asCopyOf(""));
          }
        });
    return inputs;
  }

  private List<PlannedInput> refreshed(List<PlannedInput> inputs) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
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
    } finally {
      threads.shutdownNow();
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
