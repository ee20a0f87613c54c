package org.tessera.udf.modality;

import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.audio.AudioFrontEnd;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.image.ImageFrontEnd;
import org.tessera.udf.sample.Limits;

/** Front-ends by modality. */
public final class FrontEnds {
  private FrontEnds() {}

  /**
   * The front-end that a manifest describes.
   *
   * @throws IllegalArgumentException when a step or one of its parameters does not exist
   */
  public static FrontEnd of(TokenizerManifest manifest, Limits limits) {
    return switch (manifest.modality()) {
      case IMAGE -> ImageFrontEnd.of(manifest.frontEnd(), limits);
      case AUDIO -> AudioFrontEnd.of(manifest.frontEnd(), limits);
      case EEG, POINTS ->
          throw new IllegalArgumentException(
              "Cannot read " + manifest.modality().id() + " in this build");
    };
  }
}
