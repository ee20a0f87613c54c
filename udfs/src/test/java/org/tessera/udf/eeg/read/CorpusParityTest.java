package org.tessera.udf.eeg.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.udf.testing.ParityTable;
import org.tessera.udf.testing.SharedData;

/** The recordings of the shared corpus, sample by sample against MNE. */
@Tag("corpus")
class CorpusParityTest {
  private static final Path FOLDER = Path.of("src/test/resources/eeg");

  @Test
  void everySampleIsTheSameDoubleAsInMne() throws Exception {
    ParityTable table = new ParityTable("eeg", "format", "files", "channels", "equal to MNE");
    List<Golden.Row> corpus = Golden.rows(FOLDER.resolve("corpus.tsv"));
    assertThat(corpus).hasSize(373);
    check(corpus, SharedData.path("corpus"), table);
    check(Golden.rows(FOLDER.resolve("readers.tsv")), FOLDER, table);
    table.check();
  }

  private static void check(List<Golden.Row> rows, Path folder, ParityTable table)
      throws Exception {
    Set<String> files = new HashSet<>();
    for (Golden.Row row : rows) {
      try (OpenFile file = OpenFile.of(folder.resolve(row.file()))) {
        row.check(file.recording());
      }
      String format = row.file().substring(row.file().lastIndexOf('.') + 1);
      table.add(format, files.add(row.file()) ? 1 : 0, 1, 1);
    }
  }

  @Test
  void annotationsAreThoseOfMne() throws Exception {
    List<Golden.Mark> marks = Golden.marks(FOLDER.resolve("corpus-marks.tsv"));
    for (String name : marks.stream().map(Golden.Mark::file).distinct().toList()) {
      try (OpenFile file = OpenFile.of(SharedData.path("corpus/" + name))) {
        List<Golden.Mark> expected = marks.stream().filter(m -> m.file().equals(name)).toList();
        Golden.check(expected, file.recording());
      }
    }
  }
}
