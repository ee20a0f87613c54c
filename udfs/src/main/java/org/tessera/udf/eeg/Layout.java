package org.tessera.udf.eeg;

import java.util.Map;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.sample.SampleException;

/**
 * From a window's rows to the model's main input. Immutable and thread-safe, except what {@link
 * #forOneUser} gives.
 */
interface Layout {
  /**
   * The input.
   *
   * @param values one row per channel
   * @param perChannel whether the row is a segment of its own, so that there is no channel axis
   */
  FloatFeatures apply(double[][] values, boolean perChannel) throws SampleException;

  /** The same layout with tables of its own, for one thread and many windows. */
  default Layout forOneUser() {
    return this;
  }

  /** What the way back needs, besides channels and samples: {@code layout} and its numbers. */
  Map<String, Object> geometry();
}
