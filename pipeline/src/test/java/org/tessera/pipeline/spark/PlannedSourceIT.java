package org.tessera.pipeline.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tessera.model.bundle.Modality;
import org.tessera.pipeline.fit.FitSpec;
import org.tessera.pipeline.fit.FitSpecParser;
import org.tessera.pipeline.fit.TrainingSource;
import org.tessera.pipeline.plan.InputLister;
import org.tessera.pipeline.plan.NameFilter;
import org.tessera.udf.image.demo.DemoImages;
import org.tessera.udf.sample.SampleException;

class PlannedSourceIT {
  @TempDir private Path temp;
  private List<Path> images;
  private Path input;

  @BeforeEach
  void images() throws IOException {
    SparkForTests.session();
    images = DemoImages.write(Files.createDirectory(temp.resolve("images")), 4, 1).images();
    input = Files.createDirectory(temp.resolve("input"));
  }

  @Test
  void readsManyOpenInputsInWhateverOrder() throws Exception {
    Files.copy(images.get(0), input.resolve("a.png"));
    Files.copy(images.get(1), input.resolve("b.png"));
    Files.copy(images.get(2), input.resolve("gone.png"));
    Files.writeString(input.resolve("text.png"), "no image");
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(input.resolve("zipped.zip")))) {
      for (Path image : images.subList(2, 4)) {
        zip.putNextEntry(new ZipEntry(image.getFileName().toString()));
        zip.write(Files.readAllBytes(image));
      }
    }
    List<String> planned = plan();
    Files.delete(input.resolve("gone.png"));
    PlannedSource source = new PlannedSource(Modality.IMAGE, List.of());

    List<TrainingSource.Samples> opened = new ArrayList<>();
    for (String text : planned) {
      opened.add(source.open(text));
    }
    List<String> found = new ArrayList<>(List.of("", "", "", "", ""));
    for (int i = opened.size() - 1; i >= 0; i--) {
      found.set(i, all(opened.get(i)));
    }

    assertThat(found)
        .containsExactly("UINT8", "UINT8", "fetch/MISSING", "decode/UNKNOWN_FORMAT", "UINT8 UINT8");
  }

  @Test
  void closesWhatIsStillBeingRead() throws Exception {
    for (int i = 0; i < 50; i++) {
      Files.copy(images.get(i % 4), input.resolve(i + ".png"));
    }
    PlannedSource source = new PlannedSource(Modality.IMAGE, List.of());
    for (String text : plan()) {
      source.open(text).close();
    }
    assertThat(all(source.open(plan().get(0)))).isEqualTo("UINT8");
  }

  private List<String> plan() throws Exception {
    List<String> planned = new ArrayList<>();
    new InputLister(new Configuration(), NameFilter.ALL, Modality.IMAGE)
        .list(input.toString(), one -> planned.add(one.toJson()));
    planned.sort(null);
    return planned;
  }

  /** The types of an input's samples, or why they are bad. */
  private static String all(TrainingSource.Samples samples) throws IOException {
    List<String> found = new ArrayList<>();
    try (samples) {
      boolean more = true;
      while (more) {
        try {
          TrainingSource.Sample sample = samples.next();
          more = sample != null;
          if (more) {
            found.add(sample.features().type().toString());
          }
        } catch (SampleException e) {
          found.add(e.phase().id() + "/" + e.code());
        }
      }
    }
    return String.join(" ", found);
  }

  /** Learning from the features themselves takes the signal alone. */
  @Test
  void refusesInputsForWhichThereIsNoModel() {
    FitSpec spec =
        FitSpecParser.parse(
            "beside",
            """
            name: beside
            licence: CC0-1.0
            modality: audio
            front_end:
              - {step: mono}
              - step: branch
                role: low
                steps: [{step: resample, rate: 8000}]
              - {step: frames, size: 16}
            learn: {vectors: {kind: rows}, quantizer: {family: vq, codes: 4}}
            """);
    assertThatThrownBy(() -> PlannedSource.of(spec))
        .hasMessage(
            "Cannot learn from the inputs low beside the signal: there is no model that takes them"
                + " (leave the steps out that make them, or name learn.encoder)");
  }
}
