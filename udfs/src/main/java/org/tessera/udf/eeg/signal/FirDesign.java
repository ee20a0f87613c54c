package org.tessera.udf.eeg.signal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Linear-phase filters by the window method, as {@code mne.filter.create_filter} designs them with
 * its defaults ({@code fir_design="firwin"}, Hamming window, automatic transition bands and
 * length): each edge of the response is a windowed-sinc low-pass whose length follows from its own
 * transition band.
 */
public final class FirDesign {
  private static final double HAMMING_LENGTH = 3.3;
  private static final double NOTCH_TRANSITION = 1;
  private static final int MOST_TAPS = 1 << 22;
  private static final double NOTCH_WIDTH = 1.0 / 200;

  private FirDesign() {}

  /** A corner of the wanted response: {@code gain} 0 or 1 at {@code hz}. */
  private record Corner(double hz, int gain) {}

  /**
   * A band-pass, high-pass or low-pass filter.
   *
   * @param low the lowest frequency that passes, in Hz; 0 for a low-pass
   * @param high the highest frequency that passes, in Hz; 0 or infinite for a high-pass
   * @param rate samples per second
   * @return an odd number of taps, symmetric
   * @throws IllegalArgumentException for a band outside 0 to half the rate
   */
  public static double[] bandPass(double low, double high, double rate) {
    boolean hasLow = low > 0;
    boolean hasHigh = high > 0 && Double.isFinite(high);
    if (!hasLow && !hasHigh) {
      return new double[] {1};
    }
    if ((hasHigh && high >= rate / 2) || (hasLow && low >= rate / 2) || (hasHigh && low >= high)) {
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
    double narrowest = Double.POSITIVE_INFINITY;
    List<Corner> corners = new ArrayList<>();
    if (hasLow) {
      double transition = Math.min(Math.max(0.25 * low, 2), low);
      narrowest = transition;
      double stop = low - transition;
      if (stop != 0) {
        corners.add(new Corner(0, 0));
      }
      corners.add(new Corner(stop, 0));
      corners.add(new Corner(low, 1));
    } else {
      corners.add(new Corner(0, 1));
    }
    if (hasHigh) {
      double transition = Math.min(Math.max(0.25 * high, 2), rate / 2 - high);
      narrowest = Math.min(narrowest, transition);
      double stop = high + transition;
      corners.add(new Corner(high, 1));
      corners.add(new Corner(stop, 0));
      if (stop != rate / 2) {
        corners.add(new Corner(rate / 2, 0));
      }
    } else {
      corners.add(new Corner(rate / 2, 1));
    }
    return design(corners, length(narrowest, rate), rate);
  }

  /**
   * A filter that stops one or several lines, as {@code mne.filter.notch_filter} designs it: 1/200
   * of the frequency wide, with transition bands of half a hertz.
   *
   * @param hz the lines, in Hz
   * @param rate samples per second
   * @return an odd number of taps, symmetric
   * @throws IllegalArgumentException for lines that touch each other or leave 0 to half the rate
   */
  public static double[] notch(double[] hz, double rate) {
    double transition = NOTCH_TRANSITION / 2;
    List<Corner> corners = new ArrayList<>();
    for (double line : hz) {
      double low = line - line * NOTCH_WIDTH / 2 - transition;
      double high = line + line * NOTCH_WIDTH / 2 + transition;
      if (low <= 0 || high > rate / 2) {
        throw new IllegalArgumentException(
            "Cannot stop "
                + line
                + " Hz at "
                + rate
                + " samples per second (its band from "
                + low
                + " to "
                + high
                + " Hz leaves 0 to half the rate)");
      }
      corners.add(new Corner(low, 1));
      corners.add(new Corner(low + transition, 0));
      corners.add(new Corner(high - transition, 0));
      corners.add(new Corner(high, 1));
    }
    corners.sort(Comparator.comparingDouble(Corner::hz));
    for (int i = 2; i < corners.size(); i++) {
      int bend = corners.get(i).gain() - 2 * corners.get(i - 1).gain() + corners.get(i - 2).gain();
      if (Math.abs(bend) > 1) {
        throw new IllegalArgumentException(
            "Cannot stop lines that are closer than their bands, near "
                + corners.get(i).hz()
                + " Hz (leave one out)");
      }
    }
    corners.add(0, new Corner(0, 1));
    if (corners.get(corners.size() - 1).hz() != rate / 2) {
      corners.add(new Corner(rate / 2, 1));
    }
    return design(corners, length(transition, rate), rate);
  }

  private static int length(double transition, double rate) {
    double length = Math.max(Math.ceil(HAMMING_LENGTH / transition * rate), 1);
    if (!(length <= MOST_TAPS)) {
      throw new IllegalArgumentException(
          "Cannot design a filter with a transition of "
              + transition
              + " Hz at "
              + rate
              + " samples per second: it needs "
              + length
              + " taps (resample first)");
    }
    return (int) length + (1 - (int) length % 2);
  }

  private static double[] design(List<Corner> corners, int length, double rate) {
    double[] taps = new double[length];
    Corner after = corners.get(corners.size() - 1);
    if (after.gain() == 1) {
      taps[length / 2] = 1;
    }
    for (int i = corners.size() - 2; i >= 0; i--) {
      Corner corner = corners.get(i);
      if (corner.gain() != after.gain()) {
        double upper = after.hz() / (rate / 2);
        double lower = corner.hz() / (rate / 2);
        int own = (int) Math.rint(HAMMING_LENGTH / ((upper - lower) / 2.0));
        own += 1 - own % 2;
        if (own > length) {
          throw new IllegalArgumentException(
              "Cannot design a filter of "
                  + length
                  + " taps: its edge at "
                  + corner.hz()
                  + " Hz needs "
                  + own);
        }
        double[] edge = lowPass(own, (upper + lower) / 2.0);
        int offset = (length - own) / 2;
        double sign = corner.gain() == 0 ? -1 : 1;
        for (int k = 0; k < own; k++) {
          taps[offset + k] += sign * edge[k];
        }
      }
      after = corner;
    }
    return taps;
  }

  /**
   * {@code scipy.signal.firwin}: a sinc in a Hamming window, with sum 1.
   *
   * @param cutoff relative to half the rate, from 0 to 1
   */
  static double[] lowPass(int length, double cutoff) {
    double[] taps = new double[length];
    double sum = 0;
    for (int n = 0; n < length; n++) {
      double x = cutoff * (n - (length - 1) / 2.0);
      double sinc = x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
      double window = length == 1 ? 1 : 0.54 - 0.46 * Math.cos(2 * Math.PI * n / (length - 1.0));
      taps[n] = cutoff * sinc * window;
      sum += taps[n];
    }
    for (int n = 0; n < length; n++) {
      taps[n] /= sum;
    }
    return taps;
  }
}
