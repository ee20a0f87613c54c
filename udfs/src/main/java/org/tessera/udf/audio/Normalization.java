package org.tessera.udf.audio;

import java.util.ArrayList;
import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;

/**
 * The step {@code normalize} {mean, std}: (x - mean) / std, one number for all or one for each bin
 * of a row. Immutable and thread-safe.
 */
final class Normalization {
  private final double[] mean;
  private final double[] std;

  private Normalization(double[] mean, double[] std) {
    this.mean = mean;
    this.std = std;
  }

  static Normalization of(Step step) {
    StepParameters parameters = new StepParameters(step);
    double[] mean = parameters.has("mean") ? parameters.numbers("mean") : new double[] {0};
    double[] std = parameters.has("std") ? parameters.numbers("std") : new double[] {1};
    parameters.finish();
    for (double value : std) {
      if (!(value > 0)) {
        throw new IllegalArgumentException(
            "Cannot use normalize.std: " + value + " (give numbers above 0)");
      }
    }
    return new Normalization(mean, std);
  }

  void apply(Window window) {
    int bins = window.isFeatures() ? window.channels()[0].length / window.frames() : 1;
    check(mean, bins, "mean");
    check(std, bins, "std");
    for (float[] channel : window.channels()) {
      for (int i = 0; i < channel.length; i++) {
        double shift = mean[mean.length == 1 ? 0 : i % bins];
        channel[i] = (float) ((channel[i] - shift) / std[std.length == 1 ? 0 : i % bins]);
      }
    }
    window.geometry().put("mean", list(mean));
    window.geometry().put("std", list(std));
  }

  private static void check(double[] values, int bins, String name) {
    if (values.length != 1 && values.length != bins) {
      throw new IllegalArgumentException(
          "Cannot use normalize."
              + name
              + " of "
              + values.length
              + " numbers for rows of "
              + bins
              + " (give one, or one for each bin)");
    }
  }

  private static List<Double> list(double[] values) {
    List<Double> list = new ArrayList<>();
    for (double value : values) {
      list.add(value);
    }
    return list;
  }
}
