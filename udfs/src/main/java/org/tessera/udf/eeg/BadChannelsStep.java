package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.signal.Statistics;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * {@code bad_channels}: finds channels that are not worth reading, over the whole recording, in one
 * pass of bounded memory.
 *
 * <ul>
 *   <li>{@code marked}: true (default): those that the file marks
 *   <li>{@code flat}: those whose standard deviation is below this (in the unit of the signal at
 *       this step); off when not given
 *   <li>{@code iqr}: those whose log spectrum is unlike the others', by this many interquartile
 *       ranges: BrainOmni's rule ({@link SpectrumDistance}), which uses 10; off when not given
 *   <li>{@code action}: {@code drop} (default), {@code zero} the rows, or {@code reject} the
 *       recording
 *   <li>{@code most}: reject the recording when more than this share is bad (0.5)
 * </ul>
 */
final class BadChannelsStep implements RecordingStep {
  private static final int STRETCH = 1 << 14;

  private final boolean marked;
  private final double flat;
  private final double iqr;
  private final String action;
  private final double most;

  BadChannelsStep(StepParameters parameters) {
    marked = parameters.flag("marked", true);
    flat = parameters.number("flat", 0);
    iqr = parameters.number("iqr", 0);
    action = parameters.choice("action", "drop", List.of("drop", "zero", "reject"));
    most = parameters.number("most", 0.5);
    parameters.finish();
    if (flat < 0 || iqr < 0 || !(most >= 0 && most <= 1)) {
      throw new IllegalArgumentException(
          "Cannot use bad_channels with flat: " + flat + ", iqr: " + iqr + ", most: " + most);
    }
  }

  @Override
  public List<Signal> apply(List<Signal> runs, Limits limits) throws SampleException {
    List<Channel> channels = runs.get(0).channels();
    boolean[] bad = new boolean[channels.size()];
    for (int row = 0; marked && row < bad.length; row++) {
      bad[row] = channels.get(row).bad();
    }
    if (flat > 0 || iqr > 0) {
      measure(runs, bad);
    }
    List<Integer> rows = new ArrayList<>();
    List<Channel> described = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int row = 0; row < bad.length; row++) {
      Channel channel = channels.get(row);
      if (bad[row]) {
        names.add(channel.name());
      }
      if (!bad[row] || action.equals("zero")) {
        rows.add(bad[row] ? -1 : row);
        described.add(channel);
      }
    }
    if (names.isEmpty()) {
      return runs;
    }
    if (action.equals("reject") || names.size() > most * bad.length) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.MALFORMED,
          "Cannot use a recording with "
              + names.size()
              + " bad channels of "
              + bad.length
              + ": "
              + String.join(", ", names));
    }
    int[] numbers = rows.stream().mapToInt(Integer::intValue).toArray();
    return runs.stream().map(run -> run.select(numbers, described)).toList();
  }

  private void measure(List<Signal> runs, boolean[] bad) throws SampleException {
    double[][] block = new double[bad.length][STRETCH];
    double[] shift = new double[bad.length];
    double[] sums = new double[bad.length];
    double[] squares = new double[bad.length];
    long longest = runs.stream().mapToLong(Signal::frames).max().orElse(0);
    SpectrumDistance spectra = new SpectrumDistance(bad.length, Math.max(1, longest));
    long count = 0;
    for (Signal run : runs) {
      spectra.startRun();
      for (long start = 0; start < run.frames(); start += STRETCH) {
        int length = (int) Math.min(STRETCH, run.frames() - start);
        run.read(start, length, block, 0);
        for (int row = 0; row < bad.length; row++) {
          if (count == 0) {
            shift[row] = block[row][0];
          }
          for (int i = 0; i < length; i++) {
            double value = block[row][i] - shift[row];
            sums[row] += value;
            squares[row] += value * value;
          }
        }
        if (iqr > 0) {
          spectra.add(block, length);
        }
        count += length;
      }
      run.release();
    }
    for (int row = 0; row < bad.length; row++) {
      double mean = sums[row] / count;
      bad[row] |= flat > 0 && Math.sqrt(Math.max(0, squares[row] / count - mean * mean)) < flat;
    }
    if (iqr > 0) {
      markOutliers(spectra.meanDistances(runs.get(0).rate()), bad);
    }
  }

  private void markOutliers(double[] distances, boolean[] bad) {
    double low = Statistics.quantileInPlace(Arrays.copyOf(distances, distances.length), 0.25);
    double high = Statistics.quantileInPlace(Arrays.copyOf(distances, distances.length), 0.75);
    double reach = iqr * (high - low);
    for (int row = 0; row < bad.length; row++) {
      bad[row] |= distances[row] > high + reach || distances[row] < low - reach;
    }
  }
}
