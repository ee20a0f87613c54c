package org.tessera.pipeline.spark;

import java.util.Optional;
import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.RunManifest;

/**
 * What a tokenize run did. Lives on the driver only.
 *
 * @param run the run; one of no inputs, which is not kept, when there was nothing to do
 * @param counts what became of the samples of all the run's waves, earlier attempts included
 * @param wavesDone waves that this call ran
 * @param seconds wall time of these waves
 * @param cores cores that they could use
 * @param device the device that ran the model; empty when none did
 * @param threads threads that decoded and inferred in the last of these waves, over all executors
 * @param stopped why the run stopped before its end: too many rejects; empty when it did not
 */
public record TokenizeResult(
    RunManifest run,
    Counts counts,
    int wavesDone,
    double seconds,
    int cores,
    String device,
    int threads,
    Optional<String> stopped) {
  /** Whether the run stopped because too many samples were rejected. */
  public boolean rejectLimitExceeded() {
    return stopped.isPresent();
  }
}
