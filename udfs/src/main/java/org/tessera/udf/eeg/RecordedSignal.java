package org.tessera.udf.eeg;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.read.ChannelKind;
import org.tessera.udf.eeg.read.Recording;
import org.tessera.udf.eeg.signal.Resampler;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * Channels of one run of a recording. Where rates differ, the highest one holds (stimulus channels
 * do not count) and slower channels are resampled by FFT over the whole run, as MNE does for EDF
 * files that it reads into memory; only such channels are held whole.
 */
final class RecordedSignal implements Signal {
  private final Recording recording;
  private final int run;
  private final int[] numbers;
  private final List<Channel> channels;
  private final double rate;
  private final long frames;
  private final Limits limits;

  /** The rows that are read at their own rate, and the resampled others. */
  private final int[] direct;

  private final Map<Integer, double[]> resampled = new HashMap<>();

  RecordedSignal(
      Recording recording, int run, int[] numbers, List<Channel> described, Limits limits) {
    this.recording = recording;
    this.run = run;
    this.numbers = numbers.clone();
    this.limits = limits;
    int leader = leader();
    this.rate = leader < 0 ? 1 : recording.channels().get(leader).rate();
    this.frames = leader < 0 ? 0 : recording.frames(run, leader);
    this.channels = described.stream().map(channel -> channel.at(rate)).toList();
    int[] rows = new int[numbers.length];
    int count = 0;
    for (int row = 0; row < numbers.length; row++) {
      if (numbers[row] >= 0 && recording.frames(run, numbers[row]) == frames) {
        rows[count++] = row;
      }
    }
    this.direct = Arrays.copyOf(rows, count);
  }

  /** All channels of a run, not yet chosen from. */
  static RecordedSignal all(Recording recording, int run, Limits limits) {
    int[] numbers = new int[recording.channels().size()];
    Arrays.setAll(numbers, i -> i);
    return new RecordedSignal(recording, run, numbers, recording.channels(), limits);
  }

  private int leader() {
    int leader = -1;
    for (boolean stimuli : new boolean[] {false, true}) {
      for (int number : numbers) {
        if (number < 0
            || (recording.channels().get(number).kind() == ChannelKind.STIM) != stimuli) {
          continue;
        }
        if (leader < 0 || recording.frames(run, number) > recording.frames(run, leader)) {
          leader = number;
        }
      }
      if (leader >= 0) {
        return leader;
      }
    }
    return leader;
  }

  @Override
  public List<Channel> channels() {
    return channels;
  }

  @Override
  public double rate() {
    return rate;
  }

  @Override
  public long frames() {
    return frames;
  }

  @Override
  public double startS() {
    return recording.runStarts().get(run);
  }

  @Override
  public void release() {
    resampled.clear();
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    for (int number : numbers) {
      if (number >= 0 && recording.channels().get(number).fault().isPresent()) {
        throw recording.channels().get(number).fault().get();
      }
    }
    if (direct.length > 0) {
      readDirect(start, count, target, offset);
    }
    for (int row = 0, next = 0; row < numbers.length; row++) {
      if (next < direct.length && direct[next] == row) {
        next++;
      } else if (numbers[row] < 0) {
        Arrays.fill(target[row], offset, offset + count, 0);
      } else {
        double[] whole = resampled.get(row);
        if (whole == null) {
          whole = resample(numbers[row]);
          resampled.put(row, whole);
        }
        System.arraycopy(whole, (int) start, target[row], offset, count);
      }
    }
  }

  private void readDirect(long start, int count, double[][] target, int offset)
      throws SampleException {
    int[] wanted = new int[direct.length];
    double[][] rows = new double[direct.length][];
    for (int i = 0; i < direct.length; i++) {
      wanted[i] = numbers[direct[i]];
      rows[i] = offset == 0 ? target[direct[i]] : new double[count];
    }
    recording.read(run, start, count, wanted, rows);
    for (int i = 0; offset != 0 && i < direct.length; i++) {
      System.arraycopy(rows[i], 0, target[direct[i]], offset, count);
    }
  }

  private double[] resample(int number) throws SampleException {
    long own = recording.frames(run, number);
    Channel channel = recording.channels().get(number);
    if ((resampled.size() + 1) * frames > limits.samples() || frames > Integer.MAX_VALUE - 8) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_LARGE,
          "Cannot resample channel "
              + channel.name()
              + " from "
              + channel.rate()
              + " to "
              + rate
              + " Hz: "
              + frames
              + " samples must be held whole (raise limits.samples, or select channels of one rate)");
    }
    if (own == 0) {
      return new double[(int) frames];
    }
    double[][] values = new double[1][(int) own];
    recording.read(run, 0, (int) own, new int[] {number}, values);
    if (channel.kind() == ChannelKind.STIM) {
      return held(values[0], (int) frames);
    }
    return Resampler.scipy((int) own, (int) frames).apply(values[0]);
  }

  /** A trigger keeps its value until the next one. */
  private static double[] held(double[] values, int frames) {
    double[] result = new double[frames];
    for (int i = 0; i < frames; i++) {
      result[i] = values[(int) ((long) i * values.length / frames)];
    }
    return result;
  }

  @Override
  public Signal select(int[] rows, List<Channel> described) {
    int[] composed = new int[rows.length];
    for (int i = 0; i < rows.length; i++) {
      composed[i] = rows[i] < 0 ? -1 : numbers[rows[i]];
    }
    return new RecordedSignal(recording, run, composed, described, limits);
  }
}
