package org.tessera.udf.eeg.signal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Butterworth filters by the bilinear transform with prewarped corners, as {@code
 * scipy.signal.butter(order, corners, fs=rate, output="sos")} designs them. The sections may stand
 * in another order than SciPy's; the filter is the same.
 */
public final class Butterworth {
  private Butterworth() {}

  private record Complex(double re, double im) {
    Complex plus(Complex o) {
      return new Complex(re + o.re, im + o.im);
    }

    Complex minus(Complex o) {
      return new Complex(re - o.re, im - o.im);
    }

    Complex times(Complex o) {
      return new Complex(re * o.re - im * o.im, re * o.im + im * o.re);
    }

    Complex times(double f) {
      return new Complex(re * f, im * f);
    }

    Complex inverse() {
      double square = re * re + im * im;
      return new Complex(re / square, -im / square);
    }

    Complex root() {
      double modulus = Math.hypot(re, im);
      double real = Math.sqrt((modulus + Math.abs(re)) / 2);
      double imaginary = real == 0 ? 0 : im / (2 * real);
      return re >= 0
          ? new Complex(real, imaginary)
          : new Complex(Math.abs(imaginary), im < 0 ? -real : real);
    }

    double modulus() {
      return Math.hypot(re, im);
    }
  }

  /**
   * A band-pass, high-pass or low-pass filter of an order (a band-pass has twice as many poles).
   *
   * @param order from 1 to 12
   * @param low lower corner at −3 dB in Hz; 0 for a low-pass
   * @param high upper corner at −3 dB in Hz; 0 or infinite for a high-pass
   * @param rate samples per second
   * @throws IllegalArgumentException for corners outside 0 to half the rate
   */
  public static SosFilter bandPass(int order, double low, double high, double rate) {
    boolean hasLow = low > 0;
    boolean hasHigh = high > 0 && Double.isFinite(high);
    if (order < 1 || order > 12) {
      throw new IllegalArgumentException("Cannot use order " + order + " (give 1 to 12)");
    }
    if ((!hasLow && !hasHigh)
        || (hasHigh && high >= rate / 2)
        || (hasLow && low >= rate / 2)
        || (hasLow && hasHigh && low >= high)) {
      throw new IllegalArgumentException(
          "Cannot pass "
              + low
              + " to "
              + high
              + " Hz at "
              + rate
              + " samples per second (give low"
              + " < high < half the rate)");
    }
    double lower = warp(low, rate);
    double upper = warp(high, rate);
    List<Complex> poles = new ArrayList<>();
    double gain = 1;
    for (int m = -order + 1; m < order; m += 2) {
      double angle = Math.PI * m / (2.0 * order);
      Complex prototype = new Complex(-Math.cos(angle), -Math.sin(angle));
      if (hasLow && hasHigh) {
        Complex half = prototype.times((upper - lower) / 2);
        Complex root = half.times(half).minus(new Complex(lower * upper, 0)).root();
        poles.add(half.plus(root));
        poles.add(half.minus(root));
      } else if (hasLow) {
        // The gain of a high-pass transform is the product of 1 / -pole, which is 1 here.
        poles.add(prototype.inverse().times(lower));
      } else {
        poles.add(prototype.times(upper));
      }
    }
    if (hasHigh) {
      gain = Math.pow(hasLow ? upper - lower : upper, order);
    }
    return digital(poles, gain, order, hasLow, hasHigh);
  }

  private static double warp(double hz, double rate) {
    return 4 * Math.tan(Math.PI * (2 * hz / rate) / 2);
  }

  /** The bilinear transform with two samples per unit of time, and the pairing into sections. */
  private static SosFilter digital(
      List<Complex> poles, double analogGain, int order, boolean hasLow, boolean hasHigh) {
    double fs2 = 4;
    Complex denominator = new Complex(1, 0);
    List<Complex> digital = new ArrayList<>();
    for (Complex pole : poles) {
      Complex below = new Complex(fs2, 0).minus(pole);
      denominator = denominator.times(below);
      digital.add(new Complex(fs2, 0).plus(pole).times(below.inverse()));
    }
    // Analog zeros lie at 0: order of them for a high- or band-pass, each giving a factor fs2.
    double numerator = hasLow ? Math.pow(fs2, order) : 1;
    double gain = analogGain * numerator * denominator.inverse().re();
    List<double[]> sections = new ArrayList<>();
    List<Complex> real = new ArrayList<>();
    digital.sort(Comparator.comparingDouble(Complex::modulus));
    for (Complex pole : digital) {
      if (Math.abs(pole.im()) < 1e-14 * Math.max(1, pole.modulus())) {
        real.add(pole);
      } else if (pole.im() > 0) {
        double square = pole.re() * pole.re() + pole.im() * pole.im();
        sections.add(section(-2 * pole.re(), square, hasLow, hasHigh));
      }
    }
    for (int i = 0; i < real.size(); i += 2) {
      if (i + 1 < real.size()) {
        double first = real.get(i).re();
        double second = real.get(i + 1).re();
        sections.add(section(-first - second, first * second, hasLow, hasHigh));
      } else {
        sections.add(0, new double[] {1, hasLow ? -1 : 1, 0, 1, -real.get(i).re(), 0});
      }
    }
    double[] first = sections.get(0);
    for (int k = 0; k < 3; k++) {
      first[k] *= gain;
    }
    return new SosFilter(sections.toArray(new double[0][]));
  }

  private static double[] section(double a1, double a2, boolean hasLow, boolean hasHigh) {
    double b1 = hasLow && hasHigh ? 0 : hasLow ? -2 : 2;
    double b2 = hasLow && hasHigh ? -1 : 1;
    return new double[] {1, b1, b2, 1, a1, a2};
  }
}
