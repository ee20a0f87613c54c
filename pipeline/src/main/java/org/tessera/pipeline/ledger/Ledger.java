package org.tessera.pipeline.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.hadoop.fs.FileStatus;
import org.tessera.pipeline.storage.Storage;

/**
 * The state of all runs of one output, kept below {@code _tessera/} in it and nowhere else. A wave
 * is done when its record exists. Thread-safe.
 */
public final class Ledger {
  private final Storage storage;

  public Ledger(Storage storage) {
    this.storage = storage;
  }

  /** The runs, in the order in which they began. */
  public List<RunManifest> runs() throws IOException {
    List<RunManifest> runs = new ArrayList<>();
    for (FileStatus folder : storage.list(OutputLayout.RUNS)) {
      if (folder.isDirectory()) {
        run(folder.getPath().getName()).ifPresent(runs::add);
      }
    }
    runs.sort(Comparator.comparing(RunManifest::createdAt).thenComparing(RunManifest::runId));
    return runs;
  }

  /** A run; empty when there is none of this id, or its plan was never finished. */
  public Optional<RunManifest> run(String runId) throws IOException {
    return storage.read(OutputLayout.manifest(runId)).map(RunManifest::fromJson);
  }

  /**
   * Begins a run, whose plan is written.
   *
   * @return false when there is a run of this id
   */
  public boolean begin(RunManifest run) throws IOException {
    return storage.create(OutputLayout.manifest(run.runId()), run.toJson());
  }

  /** The committed waves by number, each by its latest record. */
  public SortedMap<Integer, WaveRecord> waves(String runId) throws IOException {
    SortedMap<Integer, WaveRecord> waves = new TreeMap<>();
    for (String file : latest(runId).values()) {
      String name = OutputLayout.waves(runId) + "/" + file;
      WaveRecord record = WaveRecord.fromJson(storage.read(name).orElseThrow());
      waves.put(record.wave(), record);
    }
    return waves;
  }

  /** The name of each wave's latest record: {@code NNNNNN.json}, then {@code NNNNNN.2.json}... */
  private SortedMap<Integer, String> latest(String runId) throws IOException {
    SortedMap<Integer, String> latest = new TreeMap<>();
    for (FileStatus file : storage.list(OutputLayout.waves(runId))) {
      String name = file.getPath().getName();
      if (name.matches("\\d{6,9}(\\.\\d{1,9})?\\.json")) {
        latest.merge(
            Integer.parseInt(name.substring(0, name.indexOf('.'))),
            name,
            (one, other) -> generation(one) > generation(other) ? one : other);
      }
    }
    return latest;
  }

  private static int generation(String name) {
    String[] parts = name.split("\\.");
    return parts.length == 3 ? Integer.parseInt(parts[1]) : 1;
  }

  /**
   * Puts another record in the place of a committed wave's: rows of it moved to a later run.
   *
   * @return false when somebody else did
   */
  public boolean amend(String runId, WaveRecord record) throws IOException {
    int next = generation(latest(runId).get(record.wave())) + 1;
    return storage.create(OutputLayout.wave(runId, record.wave(), next), record.toJson());
  }

  /**
   * Notes that an attempt at a wave begins.
   *
   * @return how many attempts there were before
   */
  public int beginAttempt(String runId, int wave) throws IOException {
    String folder = OutputLayout.attempts(runId, wave);
    int before = storage.list(folder).size();
    storage.create(folder + "/" + UUID.randomUUID(), "");
    return before;
  }

  /** Notes that the rows which a run replaces are out of the earlier runs' files. */
  public void markReplaced(RunManifest run) throws IOException {
    storage.create(OutputLayout.replaced(run.runId()), "{\"format\":1}\n");
  }

  /** Whether the rows that a run replaces are out of the earlier runs' files. */
  public boolean replaced(RunManifest run) throws IOException {
    return run.replaces() == 0 || storage.exists(OutputLayout.replaced(run.runId()));
  }

  /**
   * Marks a wave as committed.
   *
   * @return false when somebody else did
   */
  public boolean commit(String runId, WaveRecord record) throws IOException {
    return storage.create(OutputLayout.wave(runId, record.wave()), record.toJson());
  }

  /** Whether all waves of a run are committed, and what they replace is gone. */
  public boolean finished(RunManifest run) throws IOException {
    return latest(run.runId()).size() == run.waves() && replaced(run);
  }

  /** The next free id of the form {@code run-0001}. */
  public String nextRunId() throws IOException {
    int highest = 0;
    for (FileStatus folder : storage.list(OutputLayout.RUNS)) {
      String name = folder.getPath().getName();
      if (name.matches("run-\\d{4,9}")) {
        highest = Math.max(highest, Integer.parseInt(name.substring(4)));
      }
    }
    return String.format(java.util.Locale.ROOT, "run-%04d", highest + 1);
  }
}
