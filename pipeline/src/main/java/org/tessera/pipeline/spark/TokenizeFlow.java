package org.tessera.pipeline.spark;

import java.io.IOException;
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
    try (Bundle bundle = Bundles.open(request.bundle(), configuration)) {
      // A front-end that cannot be made is an error now, not in every task.
      FrontEnds.of(bundle.manifest(), request.limits());
      String identity = TokenizerIdentity.of(bundle.fingerprint(), request.keep());
      TokenizerManifest manifest = Prefixes.cut(bundle.manifest(), request.keep());
      OutputGuard guard = new OutputGuard(ledger);
      guard.check(manifest, identity, request.append());
      try (Lease lease = Lease.take(storage, who(), Lease.TIME)) {
        // Again: what is there now stays, since only this process may write.
        guard.check(manifest, identity, request.append());
        Optional<RunManifest> run = findOrPlan(manifest, identity);
        if (run.isEmpty() || ledger.finished(run.get())) {
          return new TokenizeResult(
              run, run.isEmpty() ? new Counts() : committed(run.get()), 0, 0, cores(), "", false);
        }
        return runWaves(run.get(), lease);
      }
    }
  }

  private String who() {
    return spark.appName()
        + " ("
        + spark.sc().applicationId()
        + " on "
        + spark.getConf().get("spark.driver.host", "an unknown host")
        + ")";
  }

  private Optional<RunManifest> findOrPlan(TokenizerManifest manifest, String identity)
      throws IOException {
    if (request.runId().isPresent()) {
      Optional<RunManifest> known = ledger.run(request.runId().get());
      if (known.isPresent()) {
        OutputGuard.checkSameBundle(known.get(), manifest, identity);
        return known;
      }
    } else {
      for (RunManifest run : ledger.runs()) {
        if (run.fingerprint().equals(identity)
            && run.sources().equals(sources().all())
            && !ledger.finished(run)) {
          LOG.info("Going on with the unfinished {}", run.runId());
          return Optional.of(run);
        }
      }
    }
    new TokenizerCatalog(storage).add(manifest, identity);
    String runId = request.runId().isPresent() ? request.runId().get() : ledger.nextRunId();
    return new RunPlanner(session, storage, ledger)
        .plan(
            runId,
            sources(),
            new RunPlanner.Target(manifest.modality(), manifest.name(), identity));
  }

  private RunPlanner.Sources sources() {
    return new RunPlanner.Sources(
        request.inputs(),
        request.manifests(),
        request.filter(),
        request.waveInputs(),
        request.waveBytes());
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
    boolean exceeded = false;
    for (int wave = 1; wave <= run.waves() && !exceeded; wave++) {
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
      WaveRecord record = runner.run(settings(run, wave), inputs, tasks, run.waves());
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
      wavesDone++;
      listener.waveDone(record, counts);
      exceeded = tooManyRejects(counts);
    }
    return new TokenizeResult(
        Optional.of(run), counts, wavesDone, seconds, cores(), device, exceeded);
  }

  private boolean tooManyRejects(Counts counts) {
    long samples = counts.value("samples");
    return samples >= request.minSamples()
        && counts.value("rejected") > request.maxRejectRate() * samples;
  }

  private Counts committed(RunManifest run) throws IOException {
    Counts counts = new Counts();
    ledger.waves(run.runId()).values().forEach(record -> counts.add(record.counts()));
    return counts;
  }

  private int cores() {
    return Math.max(1, spark.defaultParallelism());
  }

  private WaveSettings settings(RunManifest run, int wave) {
    return new WaveSettings(
        storage.root(),
        "",
        run.runId(),
        wave,
        run.modality(),
        run.tokenizer(),
        Bundles.absolute(request.bundle(), configuration),
        run.fingerprint(),
        request.model(),
        request.encode(),
        request.limits());
  }
}
