package org.tessera.udf.modality;

import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.audio.AudioReconstructor;
import org.tessera.udf.image.ImageReconstructor;
import org.tessera.udf.reconstruct.Reconstructor;

/** Reconstructors by modality. */
public final class Reconstructors {
  private Reconstructors() {}

  /** The reconstructor for a tokenizer's decoded signals. */
  public static Reconstructor of(TokenizerManifest manifest) {
    return switch (manifest.modality()) {
      case IMAGE -> new ImageReconstructor();
      case AUDIO -> new AudioReconstructor();
      case EEG, POINTS ->
          throw new IllegalArgumentException(
              "Cannot reconstruct " + manifest.modality().id() + " in this build");
    };
  }
}
