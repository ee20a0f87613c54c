package org.tessera.udf.image;

import java.util.List;
import org.tessera.udf.sample.SampleException;

/** One step from pixels to pixels. Stateless and thread-safe. */
@FunctionalInterface
interface ImageStep {
  /** One view, or several where the step makes several (crops, flips), in order. */
  List<ImageView> apply(ImageView view) throws SampleException;

  /** A step that makes one view of one. */
  static ImageStep single(Single step) {
    return view -> List.of(step.apply(view));
  }

  /** One view of one. */
  @FunctionalInterface
  interface Single {
    ImageView apply(ImageView view) throws SampleException;
  }
}
