package org.tessera.udf.modality;

import java.util.List;
import org.tessera.model.bundle.Modality;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.TokenizerManifest;
import org.tessera.udf.audio.AudioFrontEnd;
import org.tessera.udf.eeg.EegFrontEnd;
import org.tessera.udf.frontend.FrontEnd;
import org.tessera.udf.image.ImageFrontEnd;
import org.tessera.udf.points.PointsFrontEnd;
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
    return of(manifest.modality(), manifest.frontEnd(), limits);
  }

  /** The front-end of a modality with these steps, as the other form says. */
  public static FrontEnd of(Modality modality, List<Step> steps, Limits limits) {
    return switch (modality) {
      case IMAGE -> ImageFrontEnd.of(steps, limits);
      case AUDIO -> AudioFrontEnd.of(steps, limits);
      case EEG -> EegFrontEnd.of(steps, limits);
      case POINTS -> PointsFrontEnd.of(steps, limits);
    };
  }
}
