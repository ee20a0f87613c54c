package org.tessera.pipeline.ledger;

import org.tessera.model.bundle.Modality;

/** Where things are below an output; specified in {@code pipeline/FORMAT.md}. */
public final class OutputLayout {
  /** Everything that is not data. */
  public static final String STATE = "_tessera";

  /** The folder of all runs' state. */
  public static final String RUNS = STATE + "/runs";

  private OutputLayout() {}

  /** A run's folder. */
  public static String run(String runId) {
    return RUNS + "/" + runId;
  }

  /** What a run set out to do. */
  public static String manifest(String runId) {
    return run(runId) + "/run.json";
  }

  /** The frozen list of inputs. */
  public static String plan(String runId) {
    return run(runId) + "/plan.parquet";
  }

  /** The folder of a run's wave records. */
  public static String waves(String runId) {
    return run(runId) + "/waves";
  }

  /** The record of a committed wave. */
  public static String wave(String runId, int wave) {
    return String.format(java.util.Locale.ROOT, "%s/%06d.json", waves(runId), wave);
  }

  /** The record that took the place of a wave's first, when rows moved to a later run. */
  public static String wave(String runId, int wave, int generation) {
    return String.format(java.util.Locale.ROOT, "%s/%06d.%d.json", waves(runId), wave, generation);
  }

  /** The folder with one empty file for each attempt at a wave. */
  public static String attempts(String runId, int wave) {
    return String.format(java.util.Locale.ROOT, "%s/attempts/%06d", run(runId), wave);
  }

  /** Written when the rows that a run replaces are out of the earlier runs' files. */
  public static String replaced(String runId) {
    return run(runId) + "/replaced.json";
  }

  /** The table's folder of one wave: {@code table} is {@code tokens} or {@code rejects}. */
  public static String waveData(
      String table, Modality modality, String tokenizer, String runId, int wave) {
    return table
        + "/modality="
        + modality.id()
        + "/tokenizer="
        + tokenizer
        + "/run="
        + runId
        + "/wave="
        + wave;
  }
}
