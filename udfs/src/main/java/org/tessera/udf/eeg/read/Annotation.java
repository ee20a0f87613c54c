package org.tessera.udf.eeg.read;

import java.util.List;

/**
 * A remark on a stretch of a recording.
 *
 * @param onsetS seconds from the first sample
 * @param durationS seconds; 0 for a moment
 * @param text what was noted
 * @param channels the channels it concerns; empty for all
 */
public record Annotation(double onsetS, double durationS, String text, List<String> channels) {
  public Annotation {
    channels = List.copyOf(channels);
  }

  /** Whether it touches the stretch from {@code startS} to before {@code endS}. */
  public boolean touches(double startS, double endS) {
    return onsetS < endS && (onsetS >= startS || onsetS + durationS > startS);
  }
}
