package org.tessera.udf.eeg;

import java.util.List;
import java.util.function.UnaryOperator;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * A signal whose every sample depends on the whole of its channel (recursive filters run backwards,
 * resampling by FFT). It is held whole, bounded by {@link Limits#samples}.
 */
final class WholeSignal implements Signal {
  private static final int STRETCH = 1 << 16;

  private final Signal source;
  private final UnaryOperator<double[]> change;
  private final List<Channel> channels;
  private final double rate;
  private final long frames;
  private double[][] values;

  WholeSignal(
      String step,
      Signal source,
      double rate,
      long frames,
      UnaryOperator<double[]> change,
      Limits limits)
      throws SampleException {
    this.source = source;
    this.change = change;
    this.rate = rate;
    this.frames = frames;
    this.channels = source.channels().stream().map(channel -> channel.at(rate)).toList();
    long held = Math.max(frames, source.frames());
    if (held > Integer.MAX_VALUE / 4 || held * channels.size() > limits.samples()) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_LARGE,
          "Cannot hold "
              + channels.size()
              + " channels of "
              + held
              + " samples, as step "
              + step
              + " must (the limit is "
              + limits.samples()
              + "; raise limits.samples, or cut the recording)");
    }
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
    return source.startS();
  }

  @Override
  public void release() {
    values = null;
    source.release();
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    if (values == null) {
      values = load();
    }
    for (int row = 0; row < values.length; row++) {
      System.arraycopy(values[row], (int) start, target[row], offset, count);
    }
  }

  private double[][] load() throws SampleException {
    int length = (int) source.frames();
    double[][] whole = new double[channels.size()][length];
    for (int start = 0; start < length; start += STRETCH) {
      source.read(start, Math.min(STRETCH, length - start), whole, start);
    }
    for (int row = 0; row < whole.length; row++) {
      whole[row] = change.apply(whole[row]);
    }
    return whole;
  }
}
