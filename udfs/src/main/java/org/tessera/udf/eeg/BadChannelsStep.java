package org.tessera.udf.eeg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.signal.SphericalSpline;
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
 *   <li>{@code names}: those with these names
 *   <li>{@code marked}: true (default): those that the file marks
 *   <li>{@code flat}: those whose standard deviation is below this (in the unit of the signal at
 *       this step); off when not given
 *   <li>{@code iqr}: those whose log spectrum is unlike the others', by this many interquartile
 *       ranges: BrainOmni's rule ({@link SpectrumDistance}), which uses 10; off when not given
 *   <li>{@code action}: {@code drop} (default), {@code zero} the rows, {@code reject} the
 *       recording, or {@code interpolate} from the others by {@link SphericalSpline}, around {@code
 *       origin} ({@code [0, 0, 0.04]}, metres); channels without a place on file are looked up by
 *       name
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
  private final List<String> names;
  private final double[] origin;

  BadChannelsStep(StepParameters parameters) {
    marked = parameters.flag("marked", true);
    flat = parameters.number("flat", 0);
    iqr = parameters.number("iqr", 0);
    action = parameters.choice("action", "drop", List.of("drop", "zero", "reject", "interpolate"));
    names = parameters.texts("names");
    origin = parameters.has("origin") ? parameters.numbers("origin") : new double[] {0, 0, 0.04};
    most = parameters.number("most", 0.5);
    parameters.finish();
    if (origin.length != 3) {
      throw new IllegalArgumentException(
          "Cannot use bad_channels.origin: " + Arrays.toString(origin) + " (give x, y, z)");
    }
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
    for (String name : names) {
      int row = ElectrodeNames.find(name, channels);
      if (row >= 0) {
        bad[row] = true;
      }
    }
    int count = 0;
    StringBuilder found = new StringBuilder();
    for (int row = 0; row < bad.length; row++) {
      if (bad[row]) {
        found.append(count++ == 0 ? "" : ", ").append(channels.get(row).name());
      }
    }
    if (count == 0) {
      return runs;
    }
    if (action.equals("reject") || count > most * bad.length) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.MALFORMED,
          "Cannot use a recording with " + count + " bad channels of " + bad.length + ": " + found);
    }
    return action.equals("interpolate") ? interpolated(runs, bad) : chosen(runs, bad);
  }

  private List<Signal> chosen(List<Signal> runs, boolean[] bad) {
    List<Integer> rows = new ArrayList<>();
    List<Channel> described = new ArrayList<>();
    for (int row = 0; row < bad.length; row++) {
      if (!bad[row] || action.equals("zero")) {
        rows.add(bad[row] ? -1 : row);
        described.add(runs.get(0).channels().get(row));
      }
    }
    int[] numbers = rows.stream().mapToInt(Integer::intValue).toArray();
    return runs.stream().map(run -> run.select(numbers, described)).toList();
  }

  private List<Signal> interpolated(List<Signal> runs, boolean[] bad) throws SampleException {
    List<double[]> known = new ArrayList<>();
    List<double[]> wanted = new ArrayList<>();
    List<Channel> described = new ArrayList<>();
    for (int row = 0; row < bad.length; row++) {
      Channel channel = runs.get(0).channels().get(row);
      double[] place = StandardPositions.of(channel);
      if (place.length == 0) {
        throw unplaced("its channel " + channel.name() + " has no place");
      }
      double[] centred = {place[0] - origin[0], place[1] - origin[1], place[2] - origin[2]};
      (bad[row] ? wanted : known).add(centred);
      described.add(channel.repaired());
    }
    double[][] weights;
    try {
      weights =
          SphericalSpline.weights(known.toArray(new double[0][]), wanted.toArray(new double[0][]));
    } catch (IllegalArgumentException e) {
      throw unplaced(e.getMessage());
    }
    return runs.stream()
        .<Signal>map(run -> new InterpolatedSignal(run, bad, weights, described))
        .toList();
  }

  private static SampleException unplaced(String why) {
    return SampleException.of(
        Phase.FRONTEND,
        RejectCode.UNSUPPORTED_FORMAT,
        "Cannot interpolate the bad channels of this recording: " + why);
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
