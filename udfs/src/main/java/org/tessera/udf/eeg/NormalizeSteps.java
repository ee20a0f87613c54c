package org.tessera.udf.eeg;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tessera.udf.eeg.read.ChannelKind;
import org.tessera.udf.eeg.signal.Statistics;
import org.tessera.udf.frontend.StepParameters;

/** Steps that bring a window into a model's range. */
final class NormalizeSteps {
  private NormalizeSteps() {}

  /**
   * {@code quantile_scale}: each channel by a quantile of its magnitudes, {@code x / (quantile(|x|,
   * q) + epsilon)}; q 0.95 and epsilon 1e-8 as in TFM-Tokenizer, which reads microvolts: put {@code
   * scale: {unit: uV}} before it.
   */
  static WindowStep quantileScale(StepParameters parameters) {
    double q = parameters.number("q", 0.95);
    double epsilon = parameters.number("epsilon", 1e-8);
    parameters.finish();
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("Cannot use quantile_scale.q: " + q + " (give 0 to 1)");
    }
    positive("quantile_scale", epsilon);
    return window -> {
      double[] scales = new double[window.values().length];
      for (int row = 0; row < scales.length; row++) {
        double[] magnitudes =
            Arrays.stream(window.values()[row], 0, window.recorded()).map(Math::abs).toArray();
        scales[row] = Statistics.quantileInPlace(magnitudes, q) + epsilon;
      }
      window.normalize(new double[scales.length], scales);
    };
  }

  /**
   * {@code zscore}: minus the mean, by the standard deviation plus {@code epsilon} (1e-8), over
   * each {@code channel} (default) or {@code all} channels together ({@code over}).
   */
  static WindowStep zscore(StepParameters parameters) {
    boolean all = parameters.choice("over", "channel", List.of("channel", "all")).equals("all");
    double epsilon = parameters.number("epsilon", 1e-8);
    parameters.finish();
    positive("zscore", epsilon);
    return window -> {
      double[][] values =
          Arrays.stream(window.values())
              .map(row -> Arrays.copyOf(row, window.recorded()))
              .toArray(double[][]::new);
      double[] offsets = new double[values.length];
      double[] scales = new double[values.length];
      if (all) {
        double[] flat = Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray();
        Arrays.fill(offsets, Statistics.mean(flat));
        Arrays.fill(scales, Statistics.deviation(flat) + epsilon);
      } else {
        for (int row = 0; row < values.length; row++) {
          offsets[row] = Statistics.mean(values[row]);
          scales[row] = Statistics.deviation(values[row]) + epsilon;
        }
      }
      window.normalize(offsets, scales);
    };
  }

  /**
   * {@code group_scale}: EEG, magnetometers, gradiometers and so on each by itself: minus the mean
   * over the group's channels at every sample, by the standard deviation of the whole group plus an
   * epsilon (1e-5 for voltages, 1e-13 for magnetic fields), as in BrainOmni.
   */
  static WindowStep groupScale(StepParameters parameters) {
    double voltage = parameters.number("epsilon", 1e-5);
    double field = parameters.number("magnetic_epsilon", 1e-13);
    parameters.finish();
    positive("group_scale", voltage);
    positive("group_scale", field);
    return window -> {
      Map<ChannelKind, int[]> groups = new TreeMap<>();
      for (int row = 0; row < window.channels().size(); row++) {
        ChannelKind kind = window.channels().get(row).kind();
        int[] rows = groups.getOrDefault(kind, new int[0]);
        rows = Arrays.copyOf(rows, rows.length + 1);
        rows[rows.length - 1] = row;
        groups.put(kind, rows);
      }
      double[] scales = new double[window.channels().size()];
      groups.forEach(
          (kind, rows) -> {
            boolean magnetic =
                kind == ChannelKind.MAG || kind == ChannelKind.GRAD || kind == ChannelKind.REF_MEG;
            double scale =
                center(window.values(), rows, window.recorded()) + (magnetic ? field : voltage);
            for (int row : rows) {
              scales[row] = scale;
            }
          });
      window.normalize(new double[scales.length], scales);
    };
  }

  /** Subtracts the mean over the rows from their first samples; gives their common deviation. */
  private static double center(double[][] values, int[] rows, int length) {
    double[] flat = new double[rows.length * length];
    for (int i = 0; i < length; i++) {
      double mean = 0;
      for (int row : rows) {
        mean += values[row][i];
      }
      mean /= rows.length;
      for (int k = 0; k < rows.length; k++) {
        values[rows[k]][i] -= mean;
        flat[k * length + i] = values[rows[k]][i];
      }
    }
    return Statistics.deviation(flat);
  }

  /** {@code clamp}: values below {@code min} and above {@code max} become these. */
  static WindowStep clamp(StepParameters parameters) {
    double min = parameters.requiredNumber("min");
    double max = parameters.requiredNumber("max");
    parameters.finish();
    if (!(min < max)) {
      throw new IllegalArgumentException(
          "Cannot clamp to " + min + " to " + max + " (give min < max)");
    }
    return window -> {
      for (double[] row : window.values()) {
        for (int i = 0; i < row.length; i++) {
          row[i] = Math.min(max, Math.max(min, row[i]));
        }
      }
    };
  }

  private static void positive(String step, double epsilon) {
    if (!(epsilon > 0)) {
      throw new IllegalArgumentException(
          "Cannot use " + step + ".epsilon: " + epsilon + " (give a number above 0)");
    }
  }
}
