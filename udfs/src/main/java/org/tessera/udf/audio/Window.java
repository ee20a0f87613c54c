package org.tessera.udf.audio;

import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.frontend.Features;

/**
 * One piece of a signal on its way to the model: first samples, later perhaps rows of features. Not
 * thread-safe.
 */
final class Window {
  private final int rate;
  private int valid;
  private final SortedMap<String, Object> geometry;
  private final SortedMap<String, Features> inputs = new TreeMap<>();
  private float[][] channels;
  private int frames = -1;

  /**
   * @param channels samples, one array a channel
   * @param valid how many of them come from the file; the others are padding
   * @param geometry changed by the steps
   */
  Window(int rate, float[][] channels, int valid, SortedMap<String, Object> geometry) {
    this.rate = rate;
    this.channels = channels;
    this.valid = valid;
    this.geometry = geometry;
  }

  int rate() {
    return rate;
  }

  /** Samples, or row after row of features, of each channel. */
  float[][] channels() {
    return channels;
  }

  /** How many samples come from the file. */
  int valid() {
    return valid;
  }

  /** Takes so many samples at most as those of the file; what is behind was cut off. */
  void cutTo(int samples) {
    valid = Math.min(valid, samples);
    geometry.computeIfPresent("samples", (name, old) -> Math.min((int) old, samples));
  }

  SortedMap<String, Object> geometry() {
    return geometry;
  }

  /** The model's inputs beside this one, by role; changed by the steps. */
  SortedMap<String, Features> inputs() {
    return inputs;
  }

  boolean isFeatures() {
    return frames >= 0;
  }

  /** Rows of features. */
  int frames() {
    return frames;
  }

  void replaceSamples(float[][] samples) {
    channels = samples;
  }

  void replaceByFeatures(float[][] rows, int count) {
    channels = rows;
    frames = count;
  }

  /** One channel of this window, with its own geometry. */
  Window channel(int index) {
    Window window =
        new Window(rate, new float[][] {channels[index]}, valid, new TreeMap<>(geometry));
    window.frames = frames;
    return window;
  }
}
