package org.tessera.udf.eeg;

import java.util.Arrays;
import java.util.List;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;

/**
 * {@code scale}: values times a {@code factor}, or from volts to a {@code unit} ({@code V}, {@code
 * mV}, {@code uV}); before or after {@code windows}.
 */
final class ScaleStep implements RecordingStep, WindowStep {
  private final double factor;

  ScaleStep(StepParameters parameters) {
    if (parameters.has("factor")) {
      factor = parameters.requiredNumber("factor");
    } else {
      factor =
          switch (parameters.choice("unit", "V", List.of("V", "mV", "uV"))) {
            case "mV" -> 1e3;
            case "uV" -> 1e6;
            default -> 1;
          };
    }
    parameters.finish();
    if (factor == 0 || !Double.isFinite(factor)) {
      throw new IllegalArgumentException("Cannot scale by " + factor + " (give another factor)");
    }
  }

  @Override
  public double factor() {
    return factor;
  }

  @Override
  public List<Signal> apply(List<Signal> runs, Limits limits) {
    return runs.stream().<Signal>map(run -> new ScaledSignal(run, factor)).toList();
  }

  @Override
  public void apply(Window window) {
    double[] scales = new double[window.values().length];
    Arrays.fill(scales, 1 / factor);
    for (double[] row : window.values()) {
      for (int i = 0; i < row.length; i++) {
        row[i] *= factor;
      }
    }
    window.remember(scales);
  }
}
