package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.eeg.signal.Resampler;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.SampleException;

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

  double[] apply(double[] signal, double ratio) {
    Resampler resampler =
        mne
            ? Resampler.mne(signal.length, ratio)
            : Resampler.scipy(signal.length, Resampler.newLength(signal.length, ratio));
    return resampler.apply(signal);
  }

  @Override
  public void apply(Window window) throws SampleException {
    double ratio = rate / window.rate();
    if (Math.abs(ratio - 1) > 1e-6) {
      double[][] values = window.values();
      for (int row = 0; row < values.length; row++) {
        values[row] = apply(values[row], ratio);
      }
    }
    window.setRate(rate);
  }
}
