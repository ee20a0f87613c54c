package org.tessera.udf.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.BundleWriter;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.ModelOutput;
import org.tessera.model.bundle.QuantizerSpec;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TokenLayout;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.model.tokenizer.Latents;
import org.tessera.udf.encode.SampleOutcome;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** A recording in two files, cut into frames of ten samples, each of which is binned. */
class FileTokenizerTest {
  @TempDir Path temp;
  private Path header;
  private Path bundle;

  @BeforeEach
  void write() throws Exception {
    for (String name : List.of("int16.vhdr", "int16.eeg")) {
      Files.copy(Path.of("src/test/resources/eeg").resolve(name), temp.resolve(name));
    }
    header = temp.resolve("int16.vhdr");
    bundle = temp.resolve("bins.bundle");
    Map<String, Object> bins =
        Map.of("dimensions", 10, "levels", 16, "low", -1e-4, "high", 1e-4, "steps", "intervals");
    try (BundleWriter writer = BundleWriter.to(bundle)) {
      writer
          .finish(
              TokenizerManifest.builder("bins", Modality.EEG)
                  .output(ModelOutput.LATENTS)
                  .step(new Step("frames", new TreeMap<>(Map.of("size", 10))))
                  .quantizer(new QuantizerSpec("uniform_bins", new TreeMap<>(bins)))
                  .layout(
                      new TokenLayout(
                          List.of("sensor", "time", "channel"),
                          List.of(-1, -1, 10),
                          List.of(16),
                          "channel",
                          List.of()))
                  .licence("CC0-1.0"))
          .close();
    }
  }

  @Test
  void readsWhatBelongsToAFile() throws Exception {
    try (FileTokenizer tokenizer = FileTokenizer.open(bundle)) {
      List<SampleOutcome> outcomes = tokenizer.tokenize(header);
      assertThat(outcomes).singleElement().matches(SampleOutcome::isTokenized);
      int[] shape = outcomes.get(0).tokens().shape();
      List<Latents> latents = tokenizer.latents(header);
      assertThat(latents).singleElement().extracting(Latents::shape).isEqualTo(shape);
      float[] values = latents.get(0).values();
      int[] ids = outcomes.get(0).tokens().ids();
      assertThat(ids).hasSameSizeAs(values);
      for (int i = 0; i < ids.length; i++) {
        double bin = Math.floor((values[i] + 1e-4) / 2e-4 * 16);
        assertThat((double) ids[i]).isEqualTo(Math.max(0, Math.min(15, bin)));
      }
    }
  }

  @Test
  void rejectsAFileOfWhichAPartIsGone() throws Exception {
    Files.delete(temp.resolve("int16.eeg"));
    try (FileTokenizer tokenizer = FileTokenizer.open(bundle)) {
      assertThat(tokenizer.tokenize(header).get(0).rejection().code())
          .isEqualTo(RejectCode.MISSING);
      assertThatThrownBy(() -> tokenizer.latents(header))
          .isInstanceOf(SampleException.class)
          .hasMessageContaining("int16.eeg is not beside the header");
    }
  }

  @Test
  void findsFilesOfTheSameFolderOnly() throws Exception {
    FolderCompanions beside = FolderCompanions.of(header);
    assertThat(beside.find("int16.eeg").orElseThrow().size())
        .isEqualTo(Files.size(temp.resolve("int16.eeg")));
    assertThat(beside.find("other.eeg")).isEmpty();
    assertThat(beside.find("bins.bundle")).isEmpty();
    assertThat(beside.find("bins.bundle/tokenizer.json")).isEmpty();
    assertThat(beside.find("../int16.eeg")).isEmpty();
    assertThat(beside.find("..\\int16.eeg")).isEmpty();
    assertThat(beside.find("")).isEmpty();
  }
}
