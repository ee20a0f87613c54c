package org.tessera.udf.modality;

import org.tessera.model.bundle.Modality;
import org.tessera.udf.audio.AudioReconstructor;
import org.tessera.udf.eeg.EegReconstructor;
import org.tessera.udf.image.ImageReconstructor;
import org.tessera.udf.points.PointsReconstructor;
import org.tessera.udf.reconstruct.Reconstructor;

/** Reconstructors by modality. */
public final class Reconstructors {
  private Reconstructors() {}

  /** The reconstructor for decoded signals of a modality. */
  public static Reconstructor of(Modality modality) {
    return switch (modality) {
      case IMAGE -> new ImageReconstructor();
      case AUDIO -> new AudioReconstructor();
      case EEG -> new EegReconstructor();
      case POINTS -> new PointsReconstructor();
    };
  }
}
