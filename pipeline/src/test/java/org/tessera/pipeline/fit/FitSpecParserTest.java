package org.tessera.pipeline.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.Step;
import org.tessera.pipeline.fit.LearnedQuantizer.Family;

class FitSpecParserTest {
  private static final String MINIMAL =
      """
      name: mel-vq
      modality: audio
      licence: MIT
      front_end: []
      learn:
        vectors: {kind: rows, axis: time}
        quantizer: {family: vq, codes: 512}
      """;

  @Test
  void readsTheImageSpecification() throws IOException {
    Path file = Path.of("../conf/tokenizers/image-patch-rvq.yaml");
    FitSpec spec = FitSpecParser.parse(file.toString(), Files.readString(file));

    assertThat(spec.name()).isEqualTo("image-patch-rvq");
    assertThat(spec.modality()).isEqualTo(Modality.IMAGE);
    assertThat(spec.frontEnd())
        .containsExactly(new Step("resize_center_crop", new TreeMap<>(Map.of("size", 256))));
    assertThat(spec.vectors()).isEqualTo(new VectorSpec(VectorSpec.Kind.PATCHES, 8, ""));
    assertThat(spec.transform()).isEqualTo(new TransformSpec(TransformSpec.Kind.PCA, 64));
    assertThat(spec.quantizer())
        .isEqualTo(new LearnedQuantizer(Family.RESIDUAL, List.of(1024, 1024, 1024, 1024)));
    assertThat(spec.training().seed()).isEqualTo(42);
  }

  @Test
  void fillsInDefaults() {
    FitSpec spec = FitSpecParser.parse("minimal", MINIMAL);

    assertThat(spec.version()).isEqualTo("1");
    assertThat(spec.transform()).isEqualTo(new TransformSpec(TransformSpec.Kind.NONE, 0));
    assertThat(spec.training())
        .isEqualTo(
            new TrainingSpec(
                1_000_000, 1024, 10, 1, TrainingSpec.Seeding.KMEANS_PARALLEL, 0, 1024, 0.25));
  }

  @Test
  void readsAnEncoderInPlaceOfAFrontEnd() {
    String yaml =
        """
        name: latents
        modality: image
        licence: MIT
        learn:
          encoder: models/vae.bundle
          quantizer: {family: vq, codes: 8}
        """;
    FitSpec spec = FitSpecParser.parse("x", yaml);
    assertThat(spec.encoder()).contains(new EncoderSpec("models/vae.bundle", 1, 0));
    assertThat(spec.vectors().kind()).isEqualTo(VectorSpec.Kind.ROWS);
    String scaled =
        yaml.replace(
            "models/vae.bundle", "{bundle: vae, decoder_scale: 42.5, decoder_shift: 127.5}");
    assertThat(FitSpecParser.parse("x", scaled).encoder())
        .contains(new EncoderSpec("vae", 42.5, 127.5));
    assertThatThrownBy(() -> FitSpecParser.parse("x", yaml + "front_end: []\n"))
        .hasMessageEndingWith(
            "front_end: not with learn.encoder, whose bundle has one (remove it)");
    assertThatThrownBy(() -> FitSpecParser.parse("x", scaled.replace("decoder_scale", "scale")))
        .hasMessageEndingWith(
            "learn.encoder.scale: unknown key (choose one of bundle, decoder_scale, decoder_shift)");
  }

  @Test
  void reportsAllProblemsAtOnce() {
    String yaml =
        """
        name: a name
        modality: picture
        front_end: [{size: 3}]
        learn:
          vectors: {kind: rows}
          transform: {kind: pac}
          quantizer: {family: residual, levels: 0, codes: 1, code: 2}
          training: {passes: many, max_reject_rate: 2}
        learns: {}
        """;
    assertThatThrownBy(() -> FitSpecParser.parse("bad.yaml", yaml))
        .isInstanceOfSatisfying(
            FitSpecException.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "name: a name (use letters, digits, dots, underscores and hyphens)",
                        "modality: picture (choose one of image, audio, eeg, points)",
                        "licence: missing (add it)",
                        "front_end[0].step: missing (add it)",
                        "learn.transform.kind: pac (did you mean pca?)",
                        "learn.quantizer.levels: 0 (give a whole number from 1 to 64)",
                        "learn.quantizer.codes: 1 (give whole numbers from 2 to 262144)",
                        "learn.quantizer.code: unknown key (did you mean codes?)",
                        "learn.training.passes: many (give a whole number from 1 to 1000)",
                        "learn.training.max_reject_rate: 2 (give a number from 0.0 to 1.0)",
                        "learns: unknown key (did you mean learn?)"))
        .hasMessageStartingWith("Cannot use fit specification bad.yaml: 11 problems\n- name: ");
  }

  @Test
  void refusesPartsThatDoNotFitTogether() {
    String patches = MINIMAL.replace("{kind: rows, axis: time}", "{kind: patches, size: 8}");
    assertThatThrownBy(() -> FitSpecParser.parse("x", patches))
        .hasMessage(
            "Cannot use fit specification x: learn.vectors.kind: patches (only images have"
                + " patches; use rows)");
    String opq = MINIMAL + "  transform: {kind: opq}\n";
    assertThatThrownBy(() -> FitSpecParser.parse("x", opq))
        .hasMessageContaining("learn.transform.kind: opq (it serves the product family; use pca)");
    String lfq = MINIMAL.replace("{family: vq, codes: 512}", "{family: lfq}");
    assertThatThrownBy(() -> FitSpecParser.parse("x", lfq))
        .hasMessageContaining("learn.transform.dimensions: 0 (lfq makes one bit of each dimension");
    String many =
        MINIMAL.replace("codes: 512", "codes: 16385") + "  training: {seeding: kmeans_plusplus}\n";
    assertThatThrownBy(() -> FitSpecParser.parse("x", many))
        .hasMessageContaining(
            "learn.training.seeding: kmeans_plusplus (it takes too long for more than 16384 codes;"
                + " use kmeans_parallel)");
    assertThat(FitSpecParser.parse("x", many.replace("16385", "16384")).training().seeding())
        .isEqualTo(TrainingSpec.Seeding.KMEANS_PLUSPLUS);
    String levels =
        MINIMAL.replace("family: vq, codes: 512", "family: residual, levels: 3, codes: [8, 4]");
    assertThatThrownBy(() -> FitSpecParser.parse("x", levels))
        .hasMessageContaining(
            "learn.quantizer.codes: [8, 4] (give one number, or one for each of 3)");
  }

  @Test
  void refusesWhatIsNotAMapping() {
    assertThatThrownBy(() -> FitSpecParser.parse("x", "- 1\n"))
        .hasMessage("Cannot use fit specification x: no mapping (write key: value lines)");
    assertThatThrownBy(() -> FitSpecParser.parse("x", "name: a\nname: b\n"))
        .isInstanceOf(FitSpecException.class)
        .hasMessageContaining("not YAML: Duplicate field 'name'");
  }
}
