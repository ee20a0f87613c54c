package org.tessera.udf.audio;

import java.util.Arrays;
import java.util.SortedMap;
import org.tessera.udf.audio.signal.Signal;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Cuts a signal into windows while it is read; holds one window. Not thread-safe. */
final class WindowCutter {
  private final Signal signal;
  private final SegmentRule rule;
  private final Limits limits;
  private final int length;
  private final int hop;
  private float[][] buffer;
  private int have;
  private long start;
  private boolean ended;
  private boolean done;

  WindowCutter(Signal signal, SegmentRule rule, Limits limits) throws SampleException {
    this.signal = signal;
    this.rule = rule;
    this.limits = limits;
    this.length = rule.isWhole() ? Integer.MAX_VALUE : rule.length(signal.rate());
    this.hop = rule.isWhole() ? Integer.MAX_VALUE : rule.hop(signal.rate());
    if (!rule.isWhole() && (long) length * signal.channels() > limits.samples()) {
      throw tooLarge();
    }
    int first = (int) Math.min(1 << 14, limits.samples() / signal.channels() + 1);
    this.buffer = new float[signal.channels()][rule.isWhole() ? first : length];
  }

  /**
   * The next window, or null after the last.
   *
   * @param notes gives each window its geometry
   */
  Window next(Notes notes) throws SampleException {
    while (!done) {
      fill();
      boolean full = have == length;
      boolean isFirst = start == 0;
      if (!full && !rule.isWhole() && (have == 0 || !rule.makesTail(have, isFirst, rate()))) {
        advance();
        continue;
      }
      if (have == 0) {
        done = true;
        return null;
      }
      SortedMap<String, Object> geometry = notes.geometry();
      geometry.put("rate", rate());
      geometry.put("start", start - notes.lead());
      geometry.put("samples", have);
      if (rule.trims()) {
        noteTrim(geometry, notes.lead());
      }
      Window window = new Window(rate(), cut(), have, geometry);
      advance();
      return window;
    }
    return null;
  }

  /** What {@code TokenTrim} reads; the signal's end is known to a short window only. */
  private void noteTrim(SortedMap<String, Object> geometry, long lead) {
    geometry.put("trim_front", rule.trimFront());
    geometry.put("trim_back", rule.trimBack());
    geometry.put("segment_hop", hop);
    geometry.put("segment_number", start / hop);
    if (have < length) {
      geometry.put("signal_end", start - lead + have);
    }
  }

  private int rate() {
    return signal.rate();
  }

  private void fill() throws SampleException {
    while (!ended && have < length) {
      if (have == buffer[0].length) {
        grow();
      }
      int count = signal.read(buffer, have, buffer[0].length - have);
      if (count < 0) {
        ended = true;
      } else {
        have += count;
      }
    }
  }

  /** Only for a whole signal; one frame more than the limit shows that it is longer. */
  private void grow() throws SampleException {
    long most = Math.min(limits.samples() / buffer.length, Integer.MAX_VALUE - 64);
    if (have > most) {
      throw tooLarge();
    }
    int size = (int) Math.min(2L * have, most + 1);
    for (int channel = 0; channel < buffer.length; channel++) {
      buffer[channel] = Arrays.copyOf(buffer[channel], size);
    }
  }

  private SampleException tooLarge() {
    return SampleException.of(
        Phase.FRONTEND,
        RejectCode.TOO_LARGE,
        "Cannot hold more than "
            + limits.samples()
            + " samples at once (make segments shorter, or raise limits.samples)");
  }

  /** The window's samples, padded where the rule says so. */
  private float[][] cut() {
    int size = rule.tail() == SegmentRule.Tail.PAD ? length : have;
    float[][] samples = new float[buffer.length][];
    for (int channel = 0; channel < samples.length; channel++) {
      samples[channel] = new float[size];
      System.arraycopy(buffer[channel], 0, samples[channel], 0, have);
      for (int i = have; i < size && !rule.padsZeros(); i++) {
        samples[channel][i] = samples[channel][mirrored(i, have)];
      }
    }
    return samples;
  }

  /** Reflection without repeating the end samples, as often as needed. */
  static int mirrored(int at, int length) {
    if (length == 1) {
      return 0;
    }
    int period = 2 * (length - 1);
    int within = at % period;
    return within < length ? within : period - within;
  }

  /** Moves on by one hop; skips what lies between two windows. */
  private void advance() throws SampleException {
    if (rule.isWhole() || ended && have <= hop) {
      done = true;
      return;
    }
    int kept = Math.max(0, have - hop);
    for (float[] channel : buffer) {
      System.arraycopy(channel, have - kept, channel, 0, kept);
    }
    long skip = (long) hop - have;
    have = kept;
    start += hop;
    while (skip > 0 && !ended) {
      int count = signal.read(buffer, 0, (int) Math.min(skip, buffer[0].length));
      ended = count < 0;
      skip -= Math.max(0, count);
    }
  }
}
