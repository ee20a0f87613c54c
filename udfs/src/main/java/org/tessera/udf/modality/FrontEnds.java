package org.tessera.udf.modality;

import java.util.List;
import java.util.Set;
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
   * @throws IllegalArgumentException when a step or one of its parameters does not exist, or the
   *     inputs that it makes are not those that the models take
   */
  public static FrontEnd of(TokenizerManifest manifest, Limits limits) {
    FrontEnd frontEnd = of(manifest.modality(), manifest.frontEnd(), limits);
    Set<String> made = frontEnd.roles();
    Set<String> taken = manifest.frontEndRoles();
    for (String role : taken) {
      if (!made.contains(role)) {
        throw new IllegalArgumentException(
            "Cannot feed the model's input of the role "
                + role
                + ": the front-end makes "
                + String.join(", ", made)
                + " (add a step that makes it, such as branch, or give the input a value)");
      }
    }
    for (String role : made) {
      if (!taken.contains(role)) {
        throw new IllegalArgumentException(
            "Cannot use what the front-end makes for the role "
                + role
                + ": the models take "
                + String.join(", ", taken)
                + " (give a tensor that role, or leave the step out)");
      }
    }
    return frontEnd;
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
