package org.tessera.udf.eeg.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every sample of every reader is MNE's, bit by bit; see recipe.py beside the recordings. */
class ReaderParityTest {
  private static final Path FOLDER = Path.of("src/test/resources/eeg");

  @Test
  void everySampleIsTheSameDoubleAsInMne() throws Exception {
    for (Golden.Row row : Golden.rows(FOLDER.resolve("readers.tsv"))) {
      try (OpenFile file = OpenFile.of(FOLDER.resolve(row.file()))) {
        row.check(file.recording());
      }
    }
  }

  @Test
  void annotationsAreThoseOfMne() throws Exception {
    List<Golden.Mark> marks = Golden.marks(FOLDER.resolve("readers-marks.tsv"));
    for (String name : marks.stream().map(Golden.Mark::file).distinct().toList()) {
      try (OpenFile file = OpenFile.of(FOLDER.resolve(name))) {
        List<Golden.Mark> expected = marks.stream().filter(m -> m.file().equals(name)).toList();
        Golden.check(expected, file.recording());
      }
    }
  }

  @Test
  void aGapEndsARun() throws Exception {
    try (OpenFile file = OpenFile.of(FOLDER.resolve("plus_d.edf"))) {
      Recording recording = file.recording();
      assertThat(recording.runStarts()).containsExactly(0.0, 10.0, 30.25);
      assertThat(recording.frames(0, 0)).isEqualTo(128);
      assertThat(recording.frames(1, 0)).isEqualTo(128);
      assertThat(recording.frames(2, 0)).isEqualTo(64);
      Annotation seizure = recording.annotations().get(0);
      assertThat(seizure.durationS()).as("MNE cuts it at its gapless end").isEqualTo(9);
      assertThat(seizure.touches(9.7, 9.8)).isTrue();
    }
  }

  @Test
  void pausesEndARun() throws Exception {
    try (OpenFile file = OpenFile.of(FOLDER.resolve("skip_raw.fif"))) {
      assertThat(file.recording().runStarts()).containsExactly(0.0, 1.5);
      assertThat(file.recording().frames(0, 0)).isEqualTo(100);
      assertThat(file.recording().frames(1, 0)).isEqualTo(400);
    }
    try (OpenFile file = OpenFile.of(FOLDER.resolve("int16.vhdr"))) {
      assertThat(file.recording().runStarts()).containsExactly(0.0, 0.6);
    }
    try (OpenFile file = OpenFile.of(FOLDER.resolve("v73.set"))) {
      assertThat(file.recording().runStarts()).containsExactly(0.0, 60 / 128.0);
    }
  }

  @Test
  void sensorsAndBadChannelsAreThoseOfTheFile() throws Exception {
    try (OpenFile file = OpenFile.of(FOLDER.resolve("single_raw.fif"))) {
      List<Channel> channels = file.recording().channels();
      assertThat(channels.get(0).sensor())
          .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-8 ? 0 : 1)
          .containsExactly(0.01, 0.02, 0.09, 0.0, 0.0, 0.0);
      assertThat(channels.stream().filter(Channel::bad).map(Channel::name))
          .containsExactly("EEG 002", "a channel with a long name");
      assertThat(channels.get(6).sensor()).isEqualTo(Channel.NOWHERE);
    }
    try (OpenFile file = OpenFile.of(FOLDER.resolve("int16.vhdr"))) {
      // mne 1.13.2: raw.info["chs"][0]["loc"][:3] and [4]
      assertThat(file.recording().channels().get(0).sensor().subList(0, 3))
          .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-8 ? 0 : 1)
          .containsExactly(-0.029356614465620007, 0.09035036904803959, 0.0);
      assertThat(file.recording().channels().get(4).sensor().subList(0, 3))
          .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-8 ? 0 : 1)
          .containsExactly(0.0, 0.0, 0.085);
    }
  }

  @Test
  void anyStretchIsTheSameAsTheWhole() throws Exception {
    for (String name :
        List.of(
            "plus.bdf",
            "plus_d.edf",
            "int16.vhdr",
            "float32.vhdr",
            "short_raw.fif",
            "inside.set",
            "v73.set",
            "beside.set")) {
      try (OpenFile file = OpenFile.of(FOLDER.resolve(name))) {
        Recording recording = file.recording();
        int frames = (int) recording.frames(0, 0);
        double[][] whole = new double[2][frames];
        recording.read(0, 0, frames, new int[] {0, 1}, whole);
        for (int start = 0; start < frames; start += 7) {
          int count = Math.min(41, frames - start);
          double[][] part = new double[1][count];
          recording.read(0, start, count, new int[] {1}, part);
          for (int i = 0; i < count; i++) {
            assertThat(part[0][i]).isCloseTo(whole[1][start + i], within(0.0));
          }
        }
      }
    }
  }
}
