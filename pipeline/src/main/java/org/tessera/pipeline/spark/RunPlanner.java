package org.tessera.pipeline.spark;

import static org.apache.spark.sql.functions.col;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.plan.DigestMap;
import org.tessera.pipeline.plan.InputDigest;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.WavePacker;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.Storage;

/**
 * Lists inputs once and freezes them as a run's plan, without those that an earlier run of the same
 * bundle has committed. Used by one thread.
 */
final class RunPlanner {
  private final SparkSession spark;
  private final Storage storage;
  private final Ledger ledger;
  private final Configuration configuration;

  RunPlanner(SparkSession spark, Storage storage, Ledger ledger) {
    this.spark = spark;
    this.storage = storage;
    this.ledger = ledger;
    this.configuration = spark.sparkContext().hadoopConfiguration();
  }

  /** What to list, and how to pack it. */
  record Sources(
      List<String> inputs,
      List<String> manifests,
      NameFilter filter,
      int waveInputs,
      long waveBytes,
      RunRules rules,
      long maxBytes) {
    /** Everything that is read, as the run's manifest says it. */
    List<String> all() {
      List<String> all = new ArrayList<>(inputs);
      manifests.forEach(manifest -> all.add("manifest " + manifest));
      if (rules.retry() != RunRules.Retry.NONE) {
        all.add("rejected " + rules.retry().name());
      }
      return all;
    }
  }

  /** The tokenizer that will read them. */
  record Target(Modality modality, String tokenizer, String fingerprint) {}

  /**
   * Makes a plan, and freezes it if it has any input.
   *
   * @return the run; one of no inputs when everything was done before, or nothing is wanted
   * @throws FileNotFoundException when an input holds no file at all
   */
  RunManifest plan(String runId, Sources sources, Target target) throws IOException {
    String planFile = OutputLayout.plan(runId);
    storage.delete(planFile);
    RunManifest run;
    try (ParquetSink<PlanTable.Row> plan = PlanTable.open(storage.path(planFile), configuration)) {
      run = draft(runId, sources, target, plan::write);
    }
    if (run.inputs() == 0) {
      storage.delete(OutputLayout.run(runId));
      return run;
    }
    if (!ledger.begin(run)) {
      throw new IOException(
          "Cannot begin " + runId + ": another process began it meanwhile (run again)");
    }
    return run;
  }

  /** Makes a plan and gives its rows to a sink; nothing is written by this. */
  RunManifest draft(String runId, Sources sources, Target target, PlanDraft.RowSink rows)
      throws IOException {
    try (PlanDraft draft =
        new PlanDraft(
            KnownInputs.of(target.fingerprint(), storage, ledger, configuration),
            sources.rules(),
            new WavePacker(sources.waveInputs(), sources.waveBytes()),
            rows)) {
      return draft(runId, sources, target, draft);
    }
  }

  private RunManifest draft(String runId, Sources sources, Target target, PlanDraft draft)
      throws IOException {
    InputLister lister =
        new InputLister(configuration, sources.filter(), target.modality())
            .without(new Path(storage.root()));
    long[] files = new long[1];
    for (String input : sources.inputs()) {
      long before = files[0] + lister.skipped();
      lister.list(
          input,
          planned -> {
            files[0]++;
            draft.accept(planned);
          });
      if (files[0] + lister.skipped() == before) {
        throw new FileNotFoundException(
            "Cannot tokenize " + input + ": there is no file in it (check the path)");
      }
    }
    for (String manifest : sources.manifests()) {
      new InputManifest(spark).read(manifest, draft);
    }
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    PlanDraft.Hasher hasher = inputs -> ContentHashes.of(context, inputs, sources.maxBytes());
    Tables tables = new Tables(spark, storage, ledger);
    if (draft.anyTouched()) {
      draft.compare(rowDigests(tables, target, draft), hasher);
    }
    new RejectedInputs(spark, tables)
        .find(target.fingerprint(), sources.rules().retry(), draft::retry);
    draft.finish(hasher);
    return new RunManifest(
        runId,
        target.modality(),
        target.tokenizer(),
        target.fingerprint(),
        sources.all(),
        draft.inputs(),
        draft.bytes(),
        draft.waves(),
        lister.companions(),
        lister.skipped(),
        draft.unchanged(),
        draft.replaces(),
        Instant.now().toString());
  }

  /** The digests of the bytes that the rows of touched loose objects were made of, by URI. */
  private DigestMap rowDigests(Tables tables, Target target, PlanDraft draft) throws IOException {
    DigestMap digests = new DigestMap();
    Object[] runs =
        ledger.runs().stream()
            .filter(run -> run.fingerprint().equals(target.fingerprint()))
            .map(RunManifest::runId)
            .toArray();
    for (Optional<Dataset<Row>> table : List.of(tables.tokens(), tables.rejects())) {
      if (table.isPresent()) {
        table
            .get()
            .filter(col("run").isin(runs).and(col("member").equalTo("")))
            .select("uri", "content_sha256")
            .distinct()
            .toLocalIterator()
            .forEachRemaining(
                row -> {
                  if (draft.isTouched(row.getString(0)) && !row.getString(1).isEmpty()) {
                    digests.put(
                        InputDigest.ofUri(row.getString(0)),
                        InputDigest.ofSha256(row.getString(1)));
                  }
                });
      }
    }
    return digests;
  }
}
