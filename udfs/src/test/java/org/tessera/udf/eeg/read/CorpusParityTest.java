package org.tessera.udf.eeg.read;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.tessera.udf.SharedData;

/** The recordings of the shared corpus, sample by sample against MNE. */
@Tag("corpus")
class CorpusParityTest {
  private static final Path FOLDER = Path.of("src/test/resources/eeg");

  @Test
  void everySampleIsTheSameDoubleAsInMne() throws Exception {
    List<Golden.Row> rows = Golden.rows(FOLDER.resolve("corpus.tsv"));
    assertThat(rows).hasSize(373);
    for (Golden.Row row : rows) {
      try (OpenFile file = OpenFile.of(SharedData.path("corpus/" + row.file()))) {
        row.check(file.recording());
      }
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
