package org.tessera.pipeline.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
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

  /** The runs, in the order of their ids. */
  public List<RunManifest> runs() throws IOException {
    List<RunManifest> runs = new ArrayList<>();
    for (FileStatus folder : storage.list(OutputLayout.RUNS)) {
      if (folder.isDirectory()) {
        run(folder.getPath().getName()).ifPresent(runs::add);
      }
    }
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

  /** The committed waves by number. */
  public SortedMap<Integer, WaveRecord> waves(String runId) throws IOException {
    SortedMap<Integer, WaveRecord> waves = new TreeMap<>();
    for (FileStatus file : storage.list(OutputLayout.waves(runId))) {
      if (file.getPath().getName().endsWith(".json")) {
        String name = OutputLayout.waves(runId) + "/" + file.getPath().getName();
        WaveRecord record = WaveRecord.fromJson(storage.read(name).orElseThrow());
        waves.put(record.wave(), record);
      }
    }
    return waves;
  }

  /**
   * Marks a wave as committed.
   *
   * @return false when somebody else did
   */
  public boolean commit(String runId, WaveRecord record) throws IOException {
    return storage.create(OutputLayout.wave(runId, record.wave()), record.toJson());
  }

  /** Whether all waves of a run are committed. */
  public boolean finished(RunManifest run) throws IOException {
    return waves(run.runId()).size() == run.waves();
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
