package org.tessera.udf.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.tessera.model.bundle.Modality;

class CompanionNamesTest {
  @Test
  void materialsOfAMeshAreNamedWithOrWithoutItsExtension() {
    assertThat(CompanionNames.likely(Modality.POINTS, "chair.obj"))
        .containsExactly("chair.mtl", "chair.obj.mtl");
    assertThat(CompanionNames.likely(Modality.POINTS, "chair.ply")).isEmpty();
  }

  @Test
  void recordingsHaveTheirSignalsAndMarkersBesideThem() {
    assertThat(CompanionNames.likely(Modality.EEG, "rest.vhdr")).contains("rest.vmrk", "rest.eeg");
    assertThat(CompanionNames.likely(Modality.EEG, "rest.set")).contains("rest.fdt");
  }

  @Test
  void picturesAndSoundsStandAlone() {
    assertThat(CompanionNames.likely(Modality.IMAGE, "a.obj")).isEmpty();
    assertThat(CompanionNames.likely(Modality.AUDIO, "a.wav")).isEmpty();
  }
}
