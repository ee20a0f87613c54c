package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.eeg.read.Channel;

/** What is left of a stretch that is too short for a filter: no frames. */
record EmptySignal(List<Channel> channels, double rate, double startS) implements Signal {
  static EmptySignal of(Signal signal, double rate) {
    List<Channel> channels = signal.channels().stream().map(channel -> channel.at(rate)).toList();
    return new EmptySignal(channels, rate, signal.startS());
  }

  @Override
  public long frames() {
    return 0;
  }

  @Override
  public void release() {}

  @Override
  public void read(long start, int count, double[][] target, int offset) {
    if (count != 0) {
      throw new IllegalArgumentException("Cannot read " + count + " frames of an empty stretch");
    }
  }
}
