package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.signal.Resampler;

/** One window of a recording on its way to the model. Not thread-safe. */
final class Window {
  private final int index;
  private final double startS;
  private final double endS;
  private final List<Channel> channels;
  private final double[][] values;
  private final List<Affine> changes = new ArrayList<>();
  private final Map<String, Resampler> workspace;
  private double rate;

  /**
   * What a step did to each channel: {@code y = (x − offset) / scale}.
   *
   * @param offsets one number per channel
   * @param scales one number per channel
   */
  record Affine(List<Double> offsets, List<Double> scales) {
    Affine {
      offsets = List.copyOf(offsets);
      scales = List.copyOf(scales);
    }
  }

  Window(
      int index,
      double startS,
      double endS,
      List<Channel> channels,
      double rate,
      double[][] values,
      Map<String, Resampler> workspace) {
    this.workspace = workspace;
    this.index = index;
    this.startS = startS;
    this.endS = endS;
    this.channels = channels;
    this.rate = rate;
    this.values = values;
  }

  int index() {
    return index;
  }

  double startS() {
    return startS;
  }

  double endS() {
    return endS;
  }

  List<Channel> channels() {
    return channels;
  }

  double rate() {
    return rate;
  }

  void setRate(double rate) {
    this.rate = rate;
  }

  /** One row per channel; steps write into it. */
  double[][] values() {
    return values;
  }

  /** How many samples of a row were recorded; zeros that fill a short window up come after them. */
  int recorded() {
    long there = Math.max(1, Math.round((endS - startS) * rate));
    return values.length == 0 ? 0 : (int) Math.min(values[0].length, there);
  }

  /** What steps keep from window to window of one recording, by a key of their own. */
  Map<String, Resampler> workspace() {
    return workspace;
  }

  /** What was done to the channels, in order. */
  List<Affine> changes() {
    return changes;
  }

  /** Notes that the channels were divided by these numbers. */
  void remember(double[] scales) {
    List<Double> scaleList = java.util.Arrays.stream(scales).boxed().toList();
    changes.add(new Affine(java.util.Collections.nCopies(scales.length, 0.0), scaleList));
  }

  /** Subtracts and divides what was recorded, and remembers it for the way back. */
  void normalize(double[] offsets, double[] scales) {
    int recorded = recorded();
    List<Double> offsetList = new ArrayList<>();
    List<Double> scaleList = new ArrayList<>();
    for (int row = 0; row < values.length; row++) {
      double offset = offsets[row];
      double scale = scales[row];
      for (int i = 0; i < recorded; i++) {
        values[row][i] = (values[row][i] - offset) / scale;
      }
      offsetList.add(offset);
      scaleList.add(scale);
    }
    changes.add(new Affine(offsetList, scaleList));
  }
}
