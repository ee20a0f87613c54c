package org.tessera.udf.eeg.signal;

import java.util.Arrays;

/**
 * Real orthonormal transforms of a signal into frames of coefficients and back: with all
 * coefficients the way back is exact up to rounding, and squared errors are the same on both sides.
 * Immutable and thread-safe.
 */
public final class FrameTransform {
  /** The transforms. */
  public enum Kind {
    /** DCT-II of blocks that do not overlap. */
    DCT,
    /**
     * Modified DCT with a sine window (Princen, Johnson, Bradley 1987): blocks overlap by half, so
     * that quantization leaves no edges between them; one frame more than blocks.
     */
    MDCT
  }

  private final Kind kind;
  private final int hop;
  private final int bins;

  /**
   * {@code basis[n]} holds sample n of every basis function; {@code hop} or {@code 2 · hop} rows.
   */
  private final double[][] basis;

  /**
   * Prepares a transform.
   *
   * @param hop samples from one frame to the next, and the number of coefficients of a frame
   * @param bins how many coefficients of a frame are kept, lowest frequencies first
   */
  public FrameTransform(Kind kind, int hop, int bins) {
    if (hop < 1 || hop > 4096 || bins < 1 || bins > hop) {
      throw new IllegalArgumentException(
          "Cannot keep "
              + bins
              + " coefficients of frames of "
              + hop
              + " (give 1 to 4096 samples,"
              + " and no more coefficients than samples)");
    }
    this.kind = kind;
    this.hop = hop;
    this.bins = bins;
    this.basis = kind == Kind.DCT ? dct() : mdct();
  }

  private double[][] dct() {
    double[][] rows = new double[hop][bins];
    for (int k = 0; k < bins; k++) {
      double scale = Math.sqrt((k == 0 ? 1.0 : 2.0) / hop);
      for (int n = 0; n < hop; n++) {
        rows[n][k] = scale * Math.cos(Math.PI / hop * (n + 0.5) * k);
      }
    }
    return rows;
  }

  private double[][] mdct() {
    double[][] rows = new double[2 * hop][bins];
    double scale = Math.sqrt(2.0 / hop);
    for (int k = 0; k < bins; k++) {
      for (int n = 0; n < 2 * hop; n++) {
        double window = Math.sin(Math.PI * (n + 0.5) / (2 * hop));
        rows[n][k] = scale * window * Math.cos(Math.PI / hop * (n + 0.5 + hop / 2.0) * (k + 0.5));
      }
    }
    return rows;
  }

  /** The number of frames of a signal; the last block is filled up with zeros. */
  public int frames(int length) {
    int blocks = (length + hop - 1) / hop;
    return kind == Kind.DCT ? blocks : blocks + 1;
  }

  /** How many coefficients a frame has. */
  public int bins() {
    return bins;
  }

  /**
   * The coefficients.
   *
   * @param target row-major frames × bins, written from {@code at} on
   */
  public void forward(double[] signal, float[] target, int at) {
    int frames = frames(signal.length);
    int lead = kind == Kind.DCT ? 0 : hop;
    double[] sums = new double[bins];
    for (int frame = 0; frame < frames; frame++) {
      int start = frame * hop - lead;
      int last = Math.min(basis.length, signal.length - start);
      Arrays.fill(sums, 0);
      for (int n = Math.max(0, -start); n < last; n++) {
        double value = signal[start + n];
        double[] row = basis[n];
        for (int k = 0; k < sums.length; k++) {
          sums[k] += row[k] * value;
        }
      }
      for (int k = 0; k < bins; k++) {
        target[at + frame * bins + k] = (float) sums[k];
      }
    }
  }

  /**
   * The signal of coefficients.
   *
   * @param frames row-major frames × bins, read from {@code at} on
   * @param length the number of samples
   */
  public double[] inverse(float[] frames, int at, int length) {
    double[] signal = new double[length];
    int lead = kind == Kind.DCT ? 0 : hop;
    int count = frames(length);
    for (int frame = 0; frame < count; frame++) {
      int start = frame * hop - lead;
      int last = Math.min(basis.length, length - start);
      for (int n = Math.max(0, -start); n < last; n++) {
        double[] row = basis[n];
        double sum = 0;
        for (int k = 0; k < bins; k++) {
          sum += row[k] * frames[at + frame * bins + k];
        }
        signal[start + n] += sum;
      }
    }
    return signal;
  }
}
