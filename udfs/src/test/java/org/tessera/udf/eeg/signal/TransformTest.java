package org.tessera.udf.eeg.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Transforms against their definitions, and there and back. */
class TransformTest {
  @Test
  void theSpectrumIsTheSumOfItsDefinition() {
    for (int length : new int[] {1, 2, 3, 4, 5, 7, 16, 30, 97, 200, 211}) {
      double[] x = Signals.walk(length);
      Fft fft = new Fft(length);
      double[] spectrum = new double[2 * fft.bins()];
      fft.forward(x.clone(), spectrum);
      for (int k = 0; k < fft.bins(); k++) {
        double re = 0;
        double im = 0;
        for (int n = 0; n < length; n++) {
          re += x[n] * Math.cos(2 * Math.PI * k * n / length);
          im -= x[n] * Math.sin(2 * Math.PI * k * n / length);
        }
        assertThat(spectrum[2 * k]).isCloseTo(re, within(1e-9));
        assertThat(spectrum[2 * k + 1]).isCloseTo(im, within(1e-9));
      }
      double[] back = new double[length];
      fft.inverse(spectrum, back);
      assertThat(back).containsExactly(x, within(1e-12));
    }
  }

  @Test
  void framesGoBackToTheirSignal() {
    for (FrameTransform.Kind kind : FrameTransform.Kind.values()) {
      for (int hop : new int[] {1, 4, 25, 50}) {
        for (int length : new int[] {100, 2000, 1999}) {
          FrameTransform transform = new FrameTransform(kind, hop, hop);
          double[] x = Signals.walk(length);
          float[] frames = new float[3 + transform.frames(length) * hop];
          transform.forward(x, frames, 3);
          double[] back = transform.inverse(frames, 3, length);
          double scale = 0;
          double worst = 0;
          double energy = 0;
          double sum = 0;
          for (int i = 0; i < length; i++) {
            worst = Math.max(worst, Math.abs(x[i] - back[i]));
            scale = Math.max(scale, Math.abs(x[i]));
            energy += x[i] * x[i];
          }
          for (float f : frames) {
            sum += (double) f * f;
          }
          assertThat(worst / scale).as(kind + " " + hop + " " + length).isLessThan(5e-7);
          if (length % hop == 0) {
            assertThat(sum / energy)
                .isCloseTo(1, within(kind == FrameTransform.Kind.DCT ? 1e-6 : 0.5));
          }
        }
      }
    }
  }

  @Test
  void fewerBinsKeepTheLowFrequencies() {
    FrameTransform all = new FrameTransform(FrameTransform.Kind.MDCT, 50, 50);
    FrameTransform low = new FrameTransform(FrameTransform.Kind.MDCT, 50, 12);
    double[] x = Signals.walk(500);
    float[] full = new float[all.frames(500) * 50];
    float[] part = new float[low.frames(500) * 12];
    all.forward(x, full, 0);
    low.forward(x, part, 0);
    for (int frame = 0; frame < all.frames(500); frame++) {
      for (int k = 0; k < 12; k++) {
        assertThat(part[frame * 12 + k]).isEqualTo(full[frame * 50 + k]);
      }
    }
  }

  @Test
  void wrongFiltersAreRefused() {
    assertThatThrownBy(() -> FirDesign.bandPass(1, 100, 200))
        .hasMessageContaining("Cannot pass 1.0 to 100.0 Hz at 200.0");
    assertThatThrownBy(() -> FirDesign.notch(new double[] {50, 50.5}, 200))
        .hasMessageContaining("closer than their bands");
    assertThatThrownBy(() -> FirDesign.notch(new double[] {100}, 200))
        .hasMessageContaining("leaves 0 to half the rate");
    assertThatThrownBy(() -> Butterworth.bandPass(4, 50, 40, 200))
        .hasMessageContaining("low < high");
    assertThatThrownBy(() -> Butterworth.bandPass(4, 0, 30, 200).apply(new double[15]))
        .hasMessageContaining("Cannot filter 15 samples (the filter needs more than");
  }
}
