package org.tessera.pipeline.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.tessera.pipeline.ledger.Ledger;
import org.tessera.pipeline.ledger.OutputLayout;
import org.tessera.pipeline.ledger.RunManifest;
import org.tessera.pipeline.storage.Storage;

/** Finds what attempts that died left behind, in the folders of known runs. Thread-safe. */
final class LeftOvers {
  private final Storage storage;
  private final Ledger ledger;

  LeftOvers(Storage storage, Ledger ledger) {
    this.storage = storage;
    this.ledger = ledger;
  }

  /**
   * Folders of waves that the ledger does not know: they are removed when the wave is done again.
   */
  List<String> folders() throws IOException {
    List<String> folders = new ArrayList<>();
    for (RunManifest run : ledger.runs()) {
      Set<Integer> done = ledger.waves(run.runId()).keySet();
      for (String table : List.of("tokens", "rejects")) {
        String wave = OutputLayout.waveData(table, run.modality(), run.tokenizer(), run.runId(), 0);
        String folder = wave.substring(0, wave.lastIndexOf('/'));
        for (FileStatus status : storage.list(folder)) {
          String name = status.getPath().getName();
          if (name.matches("wave=\\d{1,9}")
              && !done.contains(Integer.parseInt(name.substring(5)))) {
            folders.add(folder + "/" + name);
          }
        }
      }
    }
    return folders;
  }
}
