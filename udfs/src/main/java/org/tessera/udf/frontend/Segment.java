package org.tessera.udf.frontend;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One sample cut from a decoded file, ready for the model.
 *
 * @param index its number in the file, from 0
 * @param channel the channel, or -1 when the segment holds all
 * @param startS start in seconds; 0 for signals without time
 * @param endS end in seconds; 0 for signals without time
 * @param inputs the model's inputs by role; {@link #SIGNAL} is always there
 * @param geometry what is needed to decode back (source size, crop, rate...), as JSON values by
 *     name
 * @param labels pass-through text columns found in the file, e.g. EEG annotations
 */
public record Segment(
    int index,
    int channel,
    double startS,
    double endS,
    SortedMap<String, Features> inputs,
    SortedMap<String, Object> geometry,
    SortedMap<String, String> labels) {
  /** The role of the main input. */
  public static final String SIGNAL = "signal";

  public Segment {
    inputs = Collections.unmodifiableSortedMap(new TreeMap<>(inputs));
    geometry = Collections.unmodifiableSortedMap(new TreeMap<>(geometry));
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    if (!inputs.containsKey(SIGNAL)) {
      throw new IllegalArgumentException("Cannot make a segment without the input " + SIGNAL);
    }
  }

  /** A segment with one input and no labels. */
  public static Segment of(
      int index,
      int channel,
      double startS,
      double endS,
      Features signal,
      SortedMap<String, Object> geometry) {
    return of(index, channel, startS, endS, signal, Collections.emptySortedMap(), geometry);
  }

  /**
   * A segment without labels.
   *
   * @param beside the inputs beside the signal, by role
   */
  public static Segment of(
      int index,
      int channel,
      double startS,
      double endS,
      Features signal,
      SortedMap<String, Features> beside,
      SortedMap<String, Object> geometry) {
    SortedMap<String, Features> inputs = new TreeMap<>(beside);
    inputs.put(SIGNAL, signal);
    return new Segment(
        index, channel, startS, endS, inputs, geometry, Collections.emptySortedMap());
  }

  /** The main input. */
  public Features signal() {
    return inputs.get(SIGNAL);
  }
}
