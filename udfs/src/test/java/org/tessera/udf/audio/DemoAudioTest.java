package org.tessera.udf.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.udf.frontend.Segment;
import org.tessera.udf.frontend.Segments;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleInput;

class DemoAudioTest {
  @Test
  void everyFileButTheCutOffOneDecodes(@TempDir Path dir) throws Exception {
    DemoAudio.write(dir, 12, 1);

    List<Path> files;
    try (Stream<Path> list = Files.list(dir)) {
      files = list.sorted().toList();
    }
    assertThat(files).hasSize(13);
    assertThatThrownBy(() -> whole(files.get(0))).hasMessageContaining("the file ends at byte");
    for (Path file : files.subList(1, 13)) {
      Segment segment = whole(file);
      assertThat(segment.endS()).isBetween(1.0, 4.0);
      assertThat(Loudness.of(new float[][] {segment.signal().toFloats()}).rms())
          .as(file.getFileName().toString())
          .isGreaterThan(0.01);
    }
    assertThat(files).filteredOn(file -> file.toString().endsWith(".flac")).hasSize(4);
  }

  @Test
  void aSeedGivesTheSameFiles(@TempDir Path dir) throws Exception {
    Path first = Files.createDirectory(dir.resolve("first"));
    Path second = Files.createDirectory(dir.resolve("second"));
    DemoAudio.write(first, 4, 9);
    DemoAudio.write(second, 4, 9);
    for (String name : List.of("sound-0000.wav", "sound-0001.wav", "sound-0002.flac")) {
      assertThat(first.resolve(name)).hasSameBinaryContentAs(second.resolve(name));
    }
  }

  @Test
  void flacHoldsTheSamplesThatWavHolds(@TempDir Path dir) throws Exception {
    float[][] stereo = {new float[10_001], new float[10_001]};
    for (int i = 0; i < stereo[0].length; i++) {
      stereo[0][i] = (float) Math.sin(i * 0.01);
      stereo[1][i] = (float) Math.cos(i * 0.013) * 1.2f;
    }
    FlacWriter.write(dir.resolve("a.flac"), stereo, 22_050);
    Files.write(dir.resolve("a.wav"), WavWriter.write(stereo, 22_050));

    Segment flac = whole(dir.resolve("a.flac"));

    assertThat(flac.geometry()).containsEntry("source_rate", 22_050);
    assertThat(flac.signal().toFloats()).isEqualTo(whole(dir.resolve("a.wav")).signal().toFloats());
    assertThatThrownBy(() -> FlacWriter.write(dir.resolve("none/a.flac"), stereo, 22_050))
        .hasMessageContaining("Cannot write")
        .hasMessageContaining("check the local disk");
  }

  private static Segment whole(Path file) throws Exception {
    SampleInput input = SampleInput.of("a", Files.readAllBytes(file));
    try (Segments segments = AudioFrontEnd.of(List.of(), Limits.DEFAULT).open(input)) {
      return segments.next();
    }
  }
}
