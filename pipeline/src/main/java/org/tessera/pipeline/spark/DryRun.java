package org.tessera.pipeline.spark;

import java.util.List;
import org.tessera.pipeline.ledger.RunManifest;

/**
 * What a run would do. Lives on the driver only.
 *
 * @param run the run; one that would be new has an id that the next call may get
 * @param resumed whether the run is there and unfinished
 * @param wavesLeft waves that would be run
 * @param removed what would be removed first or replaced at the end, all of it below the output
 */
public record DryRun(RunManifest run, boolean resumed, int wavesLeft, List<String> removed) {
  public DryRun {
    removed = List.copyOf(removed);
  }
}
