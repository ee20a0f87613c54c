package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.eeg.signal.Resampler;
import org.tessera.udf.frontend.StepParameters;

/** {@code resample}, before {@code windows} on runs and after it on each window. */
final class ResampleStep implements WindowStep {
  private final double rate;
  private final boolean mne;

  ResampleStep(StepParameters parameters) {
    rate = parameters.requiredNumber("rate_hz");
    mne = parameters.choice("method", "mne", List.of("mne", "scipy")).equals("mne");
    parameters.finish();
    if (!(rate > 0) || !Double.isFinite(rate)) {
      throw new IllegalArgumentException(
          "Cannot use resample.rate_hz: " + rate + " (give a rate above 0)");
    }
  }

  double rate() {
    return rate;
  }

  /** A resampler of signals of this length to the step's rate. */
  Resampler resampler(int length, double ratio) {
    return mne
        ? Resampler.mne(length, ratio)
        : Resampler.scipy(length, Resampler.newLength(length, ratio));
  }

  @Override
  public void apply(Window window) {
    double ratio = rate / window.rate();
    if (Math.abs(ratio - 1) > 1e-6) {
      double[][] values = window.values();
      Resampler resampler =
          window
              .workspace()
              .computeIfAbsent(
                  this + "/" + values[0].length, key -> resampler(values[0].length, ratio));
      for (int row = 0; row < values.length; row++) {
        values[row] = resampler.apply(values[row]);
      }
    }
    window.setRate(rate);
  }
}
