package org.tessera.udf.frontend;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One sample cut from a decoded file, ready for the model.
 *
 * @param index its number in the file, from 0
 * @param channel the channel, or -1 when the segment holds all
 * @param startS start in seconds; 0 for signals without time
 * @param endS end in seconds; 0 for signals without time
 * @param features the model's input
 * @param geometry what is needed to decode back (source size, crop, rate...), as JSON values by
 *     name
 */
public record Segment(
    int index,
    int channel,
    double startS,
    double endS,
    Features features,
    SortedMap<String, Object> geometry) {
  public Segment {
    geometry = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(geometry));
  }
}
