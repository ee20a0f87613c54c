package org.tessera.pipeline.spark;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tessera.model.bundle.Bundle;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.tokenizer.Prefixes;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.Lease;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.TokenizerCatalog;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.storage.ObjectStores;
import org.tessera.pipeline.storage.Storage;
import org.tessera.udf.modality.FrontEnds;
import org.tessera.udf.spark.RuntimeMetrics;
import org.tessera.udf.spark.TokenizerIdentity;

/**
 * The main job: list → frozen plan → waves → committed tables. What a call leaves undone, the next
 * call with the same arguments does. Used by one thread.
 */
public final class TokenizeFlow {
  private static final Logger LOG = LoggerFactory.getLogger(TokenizeFlow.class);

  private final SparkSession session;
  private final JavaSparkContext spark;
  private final TokenizeRequest request;
  private final TokenizeListener listener;
  private final Configuration configuration;
  private final Storage storage;
  private final Ledger ledger;

  /** Prepares a run; nothing is read or written yet. */
  public TokenizeFlow(SparkSession session, TokenizeRequest request, TokenizeListener listener)
      throws IOException {
    this.session = session;
    this.spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    this.request = request;
    this.listener = listener;
    this.configuration = spark.hadoopConfiguration();
    this.storage = new Storage(request.output(), configuration);
    this.ledger = new Ledger(storage);
  }

  /**
   * Runs, or goes on with, the job.
   *
   * @throws IllegalStateException when the output holds something that must not be mixed with this
   * @throws IOException when the storage failed
   */
  public TokenizeResult run() throws IOException {
    OutputGuard.checkApart(request.inputs(), storage.root(), configuration);
    try (Bundle bundle = Bundles.open(request.bundle(), configuration)) {
      bundle.manifest().requireIds();
      // A front-end that cannot be made is an error now, not in every task.
      FrontEnds.of(bundle.manifest(), request.limits());
      String identity = TokenizerIdentity.of(bundle.fingerprint(), request.keep());
      TokenizerManifest manifest = Prefixes.cut(bundle.manifest(), request.keep());
      OutputGuard guard = new OutputGuard(ledger);
      guard.check(manifest, identity, request.append());
      new WaveCommit(configuration, storage.root(), "preflight", 0).check();
      ObjectStores.preflight(storage);
      try (Lease lease = Lease.take(storage, who(), leaseTime())) {
        // Again: what is there now stays, since only this process may write.
        guard.check(manifest, identity, request.append());
        RunManifest run = findOrPlan(manifest, identity);
        return run.inputs() == 0 || ledger.finished(run) ? nothingToDo(run) : runWaves(run, lease);
      }
    }
  }

  /**
   * Says what {@link #run} would do; writes nothing.
   *
   * @throws IllegalStateException when the output holds something that must not be mixed with this
   * @throws IOException when the storage failed
   */
  public DryRun dryRun() throws IOException {
    OutputGuard.checkApart(request.inputs(), storage.root(), configuration);
    try (Bundle bundle = Bundles.open(request.bundle(), configuration)) {
      bundle.manifest().requireIds();
      FrontEnds.of(bundle.manifest(), request.limits());
      String identity = TokenizerIdentity.of(bundle.fingerprint(), request.keep());
      TokenizerManifest manifest = Prefixes.cut(bundle.manifest(), request.keep());
      new OutputGuard(ledger).check(manifest, identity, request.append());
      Optional<RunManifest> known = find(manifest, identity);
      Claims replaced = new Claims();
      RunManifest run =
          known.isPresent()
              ? known.get()
              : new RunPlanner(session, storage, ledger)
                  .draft(
                      request.runId().orElse(ledger.nextRunId()),
                      sources(),
                      target(manifest, identity),
                      row -> replaced.add(row.input()));
      int done = ledger.waves(run.runId()).size();
      List<String> removed = new ArrayList<>(new LeftOvers(storage, ledger).folders());
      removed.addAll(new Replacement(spark, storage, ledger).wouldRewrite(run, replaced));
      return new DryRun(run, known.isPresent(), run.waves() - done, removed);
    }
  }

  private TokenizeResult nothingToDo(RunManifest run) throws IOException {
    Counts counts = committed(run);
    return new TokenizeResult(
        run, counts, 0, 0, cores(), "", 0, request.rules().limit().exceededAtEndBy(counts));
  }

  private Duration leaseTime() {
    return Duration.ofSeconds(
        spark.getConf().getLong("spark.tessera.lease.seconds", Lease.TIME.toSeconds()));
  }

  private String who() {
    return spark.appName()
        + " ("
        + spark.sc().applicationId()
        + " on "
        + spark.getConf().get("spark.driver.host", "an unknown host")
        + ")";
  }

  private RunManifest findOrPlan(TokenizerManifest manifest, String identity) throws IOException {
    Optional<RunManifest> known = find(manifest, identity);
    if (known.isPresent()) {
      return known.get();
    }
    new TokenizerCatalog(storage).add(manifest, identity);
    String runId = request.runId().isPresent() ? request.runId().get() : ledger.nextRunId();
    return new RunPlanner(session, storage, ledger)
        .plan(runId, sources(), target(manifest, identity));
  }

  /** The run of the wanted id, or an unfinished one of the same call. */
  private Optional<RunManifest> find(TokenizerManifest manifest, String identity)
      throws IOException {
    if (request.runId().isPresent()) {
      Optional<RunManifest> known = ledger.run(request.runId().get());
      if (known.isPresent()) {
        OutputGuard.checkSameBundle(known.get(), manifest, identity);
      }
      return known;
    }
    for (RunManifest run : ledger.runs()) {
      if (run.fingerprint().equals(identity)
          && run.sources().equals(sources().all())
          && !ledger.finished(run)) {
        LOG.info("Going on with the unfinished {}", run.runId());
        return Optional.of(run);
      }
    }
    return Optional.empty();
  }

  private static RunPlanner.Target target(TokenizerManifest manifest, String identity) {
    return new RunPlanner.Target(manifest.modality(), manifest.name(), identity);
  }

  private RunPlanner.Sources sources() {
    return new RunPlanner.Sources(
        request.inputs(),
        request.manifests(),
        request.filter(),
        request.waveInputs(),
        request.waveBytes(),
        request.rules(),
        request.limits().bytes());
  }

  private TokenizeResult runWaves(RunManifest run, Lease lease) throws IOException {
    RuntimeMetrics metrics = RuntimeMetrics.register("tessera.job");
    try {
      return runWaves(run, lease, metrics);
    } finally {
      metrics.remove();
    }
  }

  private TokenizeResult runWaves(RunManifest run, Lease lease, RuntimeMetrics metrics)
      throws IOException {
    Counts counts = committed(run);
    counts.forEach(metrics::add);
    metrics.add("inputs", run.inputs());
    metrics.add("waves", run.waves());
    SortedMap<Integer, WaveRecord> done = ledger.waves(run.runId());
    Progress progress = new Progress(spark.sc());
    WaveRunner runner = new WaveRunner(spark, storage, progress);
    listener.started(run, counts, progress);
    double seconds = 0;
    int wavesDone = 0;
    String device = "";
    int threads = 0;
    Optional<String> stopped = request.rules().limit().exceededBy(counts);
    for (int wave = 1; wave <= run.waves() && stopped.isEmpty(); wave++) {
      if (done.containsKey(wave)) {
        continue;
      }
      List<PlannedInput> inputs = new ArrayList<>();
      PlanTable.readWave(
          storage.path(OutputLayout.plan(run.runId())),
          configuration,
          wave,
          (input, number) -> inputs.add(input));
      int tasks = request.tasks() > 0 ? request.tasks() : cores();
      boolean again = ledger.beginAttempt(run.runId(), wave) > 0;
      WaveRecord record = runner.run(settings(run, wave, again), inputs, tasks, run.waves());
      lease.check();
      if (!ledger.commit(run.runId(), record)) {
        throw new IllegalStateException(
            "Cannot commit wave "
                + wave
                + " of "
                + run.runId()
                + ": another process did (let only one run at a time write to "
                + storage.root()
                + ")");
      }
      counts.add(record.counts());
      record.counts().forEach(metrics::add);
      metrics.add("waves_done", 1);
      seconds += record.seconds();
      device = record.device();
      threads = record.threads();
      wavesDone++;
      listener.waveDone(record, counts);
      stopped =
          wave == run.waves()
              ? request.rules().limit().exceededAtEndBy(counts)
              : request.rules().limit().exceededBy(counts);
    }
    if (stopped.isEmpty()) {
      lease.check();
      new Replacement(spark, storage, ledger).replace(run);
    }
    return new TokenizeResult(run, counts, wavesDone, seconds, cores(), device, threads, stopped);
  }

  private Counts committed(RunManifest run) throws IOException {
    Counts counts = new Counts();
    ledger.waves(run.runId()).values().forEach(record -> counts.add(record.counts()));
    return counts;
  }

  private int cores() {
    return Math.max(1, spark.defaultParallelism());
  }

  /** A wave that was begun before and not committed may hold what killed the process. */
  private WaveSettings settings(RunManifest run, int wave, boolean again) {
    return new WaveSettings(
        storage.root(),
        "",
        run.runId(),
        wave,
        run.modality(),
        run.tokenizer(),
        Bundles.absolute(request.bundle(), configuration),
        run.fingerprint(),
        request.inputs().stream().map(input -> Bundles.absolute(input, configuration)).toList(),
        again ? Isolation.ALWAYS : request.rules().isolation(),
        request.model(),
        request.encode(),
        request.limits());
  }
}
