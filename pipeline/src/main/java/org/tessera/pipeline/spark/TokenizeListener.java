package org.tessera.pipeline.spark;

import org.tessera.pipeline.ledger.Counts;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.ledger.WaveRecord;

/** Hears of a run's progress, on the driver's thread. */
public interface TokenizeListener {
  /** Hears nothing. */
  TokenizeListener NONE =
      new TokenizeListener() {
        @Override
        public void started(RunManifest run, Counts committed, Progress progress) {}

        @Override
        public void waveDone(WaveRecord wave, Counts total) {}
      };

  /** The run begins; {@code committed} is what earlier calls did. */
  void started(RunManifest run, Counts committed, Progress progress);

  /** A wave is committed; {@code total} is the sum of all committed waves. */
  void waveDone(WaveRecord wave, Counts total);
}
