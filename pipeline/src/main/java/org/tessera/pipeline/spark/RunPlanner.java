package org.tessera.pipeline.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.pipeline.plan.PlanTable;
import org.tessera.pipeline.plan.PlannedInput;
import org.tessera.pipeline.plan.WavePacker;
import org.tessera.pipeline.storage.ParquetSink;
import org.tessera.pipeline.storage.Storage;
import org.tessera.udf.sample.Sha256;

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
      long waveBytes) {
    /** Everything that is read, as the run's manifest says it. */
    List<String> all() {
      List<String> all = new ArrayList<>(inputs);
      manifests.forEach(manifest -> all.add("manifest " + manifest));
      return all;
    }
  }

  /** The tokenizer that will read them. */
  record Target(Modality modality, String tokenizer, String fingerprint) {}

  /**
   * Makes and freezes a plan.
   *
   * @return the run; empty when everything was done before
   * @throws FileNotFoundException when an input holds no file at all
   */
  Optional<RunManifest> plan(String runId, Sources sources, Target target) throws IOException {
    Set<Identity> done = committed(target);
    String planFile = OutputLayout.plan(runId);
    storage.delete(planFile);
    WavePacker packer = new WavePacker(sources.waveInputs(), sources.waveBytes());
    InputLister lister = new InputLister(configuration, sources.filter(), target.modality());
    long[] totals = new long[3];
    Set<Identity> planned = new HashSet<>();
    try (ParquetSink<PlanTable.Row> plan = PlanTable.open(storage.path(planFile), configuration)) {
      Consumer<PlannedInput> sink =
          object -> {
            if (done.contains(identity(object))) {
              totals[2]++;
            } else if (planned.add(identity(object))) {
              totals[0]++;
              totals[1] += object.bytes();
              write(plan, new PlanTable.Row(packer.add(object.bytes()), object));
            }
          };
      for (String input : sources.inputs()) {
        long before = totals[0] + totals[2] + lister.skipped();
        lister.list(input, sink);
        if (totals[0] + totals[2] + lister.skipped() == before && planned.isEmpty()) {
          throw new FileNotFoundException(
              "Cannot tokenize " + input + ": there is no file in it (check the path)");
        }
      }
      for (String manifest : sources.manifests()) {
        new InputManifest(spark).read(manifest, sink);
      }
    }
    if (totals[0] == 0) {
      storage.delete(OutputLayout.run(runId));
      return Optional.empty();
    }
    RunManifest run =
        new RunManifest(
            runId,
            target.modality(),
            target.tokenizer(),
            target.fingerprint(),
            sources.all(),
            totals[0],
            totals[1],
            packer.waves(),
            lister.companions(),
            lister.skipped(),
            totals[2],
            Instant.now().toString());
    if (!ledger.begin(run)) {
      throw new IOException(
          "Cannot begin " + runId + ": another process began it meanwhile (run again)");
    }
    return Optional.of(run);
  }

  /** Identities of the inputs in committed waves of this bundle's runs, as digests. */
  private Set<Identity> committed(Target target) throws IOException {
    Set<Identity> done = new HashSet<>();
    for (RunManifest run : ledger.runs()) {
      if (run.fingerprint().equals(target.fingerprint())) {
        SortedMap<Integer, WaveRecord> waves = ledger.waves(run.runId());
        PlanTable.readAll(
            storage.path(OutputLayout.plan(run.runId())),
            configuration,
            (input, wave) -> {
              if (waves.containsKey(wave)) {
                done.add(identity(input));
              }
            });
      }
    }
    return done;
  }

  private static Identity identity(PlannedInput input) {
    String text = input.object().uri() + '\0' + input.identity();
    String hex = Sha256.hex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new Identity(
        Long.parseUnsignedLong(hex.substring(0, 16), 16),
        Long.parseUnsignedLong(hex.substring(16, 32), 16));
  }

  /** 128 bits of a digest: small enough for millions, too long to meet by chance. */
  private record Identity(long high, long low) {}

  private static void write(ParquetSink<PlanTable.Row> plan, PlanTable.Row row) {
    try {
      plan.write(row);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the plan: " + e.getMessage(), e);
    }
  }
}
