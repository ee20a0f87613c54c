package org.tessera.udf.audio;

import java.util.SortedMap;
import java.util.TreeMap;

/** What the steps did to one file's signal and must be known to decode back. Not thread-safe. */
final class Notes {
  private int sourceRate;
  private int sourceChannels;
  private long lead;
  private double gain = 1;

  void source(int rate, int channels) {
    sourceRate = rate;
    sourceChannels = channels;
  }

  /** The signal now starts with more zero frames at its present rate. */
  void addLead(long frames) {
    lead += frames;
  }

  /** The signal's rate changed. */
  void changeRate(int from, int to) {
    lead = Math.round((double) lead * to / from);
  }

  void multiplyGain(double factor) {
    gain *= factor;
  }

  /** Zero frames before the first frame of the file. */
  long lead() {
    return lead;
  }

  /** A new geometry: {@code source_rate}, {@code source_channels} and {@code gain}. */
  SortedMap<String, Object> geometry() {
    SortedMap<String, Object> geometry = new TreeMap<>();
    geometry.put("source_rate", sourceRate);
    geometry.put("source_channels", sourceChannels);
    geometry.put("gain", gain);
    return geometry;
  }
}
