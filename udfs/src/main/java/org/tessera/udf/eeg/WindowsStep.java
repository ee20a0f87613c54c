package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.frontend.StepParameters;

/**
 * {@code windows}: how runs are cut into segments. A window never crosses a gap of the recording.
 *
 * <ul>
 *   <li>{@code seconds} or {@code samples}: the length; without the step a run is one segment
 *   <li>{@code stride_s} or {@code stride_samples}: from one start to the next; the length when not
 *       given
 *   <li>{@code tail}: {@code drop} what is left at the end of a run (default), or {@code pad} it
 *       with zeros to a whole window
 *   <li>{@code per_channel}: one segment for each channel in place of one for all
 * </ul>
 */
final class WindowsStep {
  private final double seconds;
  private final int samples;
  private final double strideSeconds;
  private final int strideSamples;
  private final boolean pad;
  private final boolean perChannel;

  WindowsStep(StepParameters parameters) {
    seconds = parameters.number("seconds", 0);
    samples = parameters.integer("samples", 0);
    strideSeconds = parameters.number("stride_s", 0);
    strideSamples = parameters.integer("stride_samples", 0);
    pad = parameters.choice("tail", "drop", List.of("drop", "pad")).equals("pad");
    perChannel = parameters.flag("per_channel", false);
    parameters.finish();
    if (seconds < 0 || samples < 0 || (seconds > 0 && samples > 0)) {
      throw new IllegalArgumentException(
          "Cannot cut windows of " + seconds + " seconds and " + samples + " samples (give one)");
    }
    if (strideSeconds < 0 || strideSamples < 0 || (strideSeconds > 0 && strideSamples > 0)) {
      throw new IllegalArgumentException(
          "Cannot move windows by "
              + strideSeconds
              + " seconds and "
              + strideSamples
              + " samples (give one)");
    }
  }

  private WindowsStep() {
    seconds = 0;
    samples = 0;
    strideSeconds = 0;
    strideSamples = 0;
    pad = false;
    perChannel = false;
  }

  /** Each run as a whole. */
  static WindowsStep none() {
    return new WindowsStep();
  }

  boolean isPerChannel() {
    return perChannel;
  }

  /** The number of frames of a window; 0 when runs are not cut. */
  long length(double rate) {
    return samples > 0 ? samples : seconds > 0 ? Math.max(1, Math.round(seconds * rate)) : 0;
  }

  /** The number of frames from one start to the next. */
  long stride(double rate) {
    if (strideSamples > 0) {
      return strideSamples;
    }
    return strideSeconds > 0 ? Math.max(1, Math.round(strideSeconds * rate)) : length(rate);
  }

  /** How many windows a run has. */
  long count(long frames, double rate) {
    long length = length(rate);
    if (frames == 0) {
      return 0;
    }
    if (length == 0) {
      return 1;
    }
    long stride = stride(rate);
    long whole = frames < length ? 0 : 1 + (frames - length) / stride;
    if (!pad) {
      return whole;
    }
    // One more when the last whole window does not reach the end.
    long reached = whole == 0 ? 0 : (whole - 1) * stride + length;
    return whole * stride < frames && reached < frames ? whole + 1 : whole;
  }
}
