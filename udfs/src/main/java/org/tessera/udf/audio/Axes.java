package org.tessera.udf.audio;

import java.util.ArrayList;
import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * The step {@code layout}: the order of the model input's axes, out of {@code channel,time} for
 * samples and {@code channel,frame,bin} for features. Without {@code channel}, the signal must be
 * mono. The default is {@code time} and {@code frame,bin} for mono, with {@code channel} first for
 * more channels. Immutable and thread-safe.
 */
final class Axes {
  private static final List<String> SAMPLES = List.of("channel", "time");
  private static final List<String> FEATURES = List.of("channel", "frame", "bin");

  /** The default order. */
  static final Axes DEFAULT = new Axes(List.of());

  private final List<String> order;

  private Axes(List<String> order) {
    this.order = order;
  }

  static Axes of(Step step) {
    StepParameters parameters = new StepParameters(step);
    List<String> order = parameters.texts("axes");
    parameters.finish();
    if (!isOrder(order, SAMPLES) && !isOrder(order, FEATURES)) {
      throw new IllegalArgumentException(
          "Cannot use layout.axes: "
              + order
              + " (give an order of channel, time or of channel, frame, bin; channel may be left"
              + " out)");
    }
    return new Axes(List.copyOf(order));
  }

  private static boolean isOrder(List<String> order, List<String> all) {
    int needed = order.contains("channel") ? all.size() : all.size() - 1;
    return order.size() == needed
        && order.stream().distinct().count() == needed
        && all.containsAll(order);
  }

  /**
   * Fails when the order is not one of what the steps give.
   *
   * @param features whether they give rows of features
   */
  void check(boolean features) {
    List<String> all = features ? FEATURES : SAMPLES;
    if (!all.containsAll(order)) {
      throw new IllegalArgumentException(
          "Cannot use layout.axes: " + order + " (the steps give the axes " + all + ")");
    }
  }

  /** The model input of a window; the geometry gets {@code axes}. */
  FloatFeatures features(Window window) throws SampleException {
    float[][] channels = window.channels();
    List<String> all = window.isFeatures() ? FEATURES : SAMPLES;
    List<String> axes =
        order.isEmpty() ? all.subList(channels.length > 1 ? 0 : 1, all.size()) : order;
    if (!axes.contains("channel") && channels.length > 1) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.UNSUPPORTED_FORMAT,
          "Cannot lay out "
              + channels.length
              + " channels without the axis channel (add it, or the step mono)");
    }
    int rows = window.isFeatures() ? window.frames() : 1;
    int columns = channels[0].length / rows;
    int[] extents = {channels.length, window.isFeatures() ? rows : columns, columns};
    window.geometry().put("axes", String.join(",", axes));
    int[] shape = new int[axes.size()];
    int[] strides = new int[3];
    int stride = 1;
    for (int i = axes.size() - 1; i >= 0; i--) {
      int axis = all.indexOf(axes.get(i));
      shape[i] = extents[axis];
      strides[axis] = stride;
      stride *= extents[axis];
    }
    return new FloatFeatures(arrange(channels, extents, strides, all.size()), shape);
  }

  private static float[] arrange(float[][] channels, int[] extents, int[] strides, int rank) {
    if (channels.length == 1 && (rank == 2 || strides[2] == 1)) {
      return channels[0];
    }
    float[] values = new float[channels.length * channels[0].length];
    int inner = rank == 2 ? 1 : extents[2];
    for (int channel = 0; channel < channels.length; channel++) {
      float[] from = channels[channel];
      for (int row = 0, at = 0; row < from.length / inner; row++) {
        int base = channel * strides[0] + row * strides[1];
        for (int column = 0; column < inner; column++, at++) {
          values[base + column * strides[2]] = from[at];
        }
      }
    }
    return values;
  }

  /**
   * The channels of an array in some order of axes, each as samples or as row after row.
   *
   * @param axes as a geometry has it
   */
  static float[][] channels(float[] values, int[] shape, String axes) {
    List<String> order = new ArrayList<>(List.of(axes.split(",")));
    if (order.size() != shape.length) {
      throw new IllegalArgumentException(
          "Cannot read an array of " + shape.length + " axes as " + axes);
    }
    List<String> all = order.contains("time") ? SAMPLES : FEATURES;
    int[] extents = {1, 1, 1};
    int[] strides = {0, 0, 0};
    int stride = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      int axis = all.indexOf(order.get(i));
      extents[axis] = shape[i];
      strides[axis] = stride;
      stride *= shape[i];
    }
    if (stride != values.length) {
      throw new IllegalArgumentException(
          "Cannot read " + values.length + " values as an array of " + stride);
    }
    float[][] channels = new float[extents[0]][extents[1] * extents[2]];
    for (int channel = 0; channel < extents[0]; channel++) {
      for (int row = 0, at = 0; row < extents[1]; row++) {
        for (int column = 0; column < extents[2]; column++, at++) {
          channels[channel][at] =
              values[channel * strides[0] + row * strides[1] + column * strides[2]];
        }
      }
    }
    return channels;
  }
}
