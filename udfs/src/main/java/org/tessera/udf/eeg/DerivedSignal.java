package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.sample.SampleException;

/** A signal whose frames follow one by one from those of another. */
abstract class DerivedSignal implements Signal {
  private final Signal source;
  private final List<Channel> channels;
  private double[][] values = new double[0][];

  DerivedSignal(Signal source, List<Channel> channels) {
    this.source = source;
    this.channels = List.copyOf(channels);
  }

  final Signal source() {
    return source;
  }

  /** A stretch of all source channels; the arrays are reused by the next call. */
  final double[][] readSource(long start, int count) throws SampleException {
    if (values.length == 0 || values[0].length < count) {
      values = new double[source.channels().size()][count];
    }
    source.read(start, count, values, 0);
    return values;
  }

  @Override
  public final void release() {
    values = new double[0][];
    source.release();
  }

  @Override
  public final List<Channel> channels() {
    return channels;
  }

  @Override
  public final double rate() {
    return source.rate();
  }

  @Override
  public final long frames() {
    return source.frames();
  }

  @Override
  public final double startS() {
    return source.startS();
  }
}
