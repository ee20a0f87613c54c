package org.tessera.udf.eeg;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.eeg.signal.FirFilter;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/**
 * A signal through a symmetric FIR filter, in blocks: what is held is the blocks under the last
 * stretch that was read, whatever the length of the recording. Before its first and after its last
 * frame the signal is continued by point reflection for as many frames as the filter has taps (or
 * as there are), then by zeros: MNE's {@code reflect_limited}.
 */
final class FilteredSignal implements Signal {
  private final Signal source;
  private final FirFilter filter;
  private final int edge;
  private final Deque<Block> blocks = new ArrayDeque<>();

  private record Block(long start, double[][] values) {}

  FilteredSignal(Signal source, FirFilter filter, Limits limits) throws SampleException {
    this.source = source;
    this.filter = filter;
    int taps = 2 * filter.reach() + 1;
    this.edge = (int) Math.min(taps, source.frames()) - 1;
    long held = (long) source.channels().size() * (filter.blockFrames() + 2L * filter.reach());
    if (held > limits.samples()) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_LARGE,
          "Cannot filter "
              + source.channels().size()
              + " channels with "
              + taps
              + " taps: a block holds "
              + held
              + " samples (raise limits.samples, or resample first)");
    }
  }

  @Override
  public List<Channel> channels() {
    return source.channels();
  }

  @Override
  public double rate() {
    return source.rate();
  }

  @Override
  public long frames() {
    return source.frames();
  }

  @Override
  public double startS() {
    return source.startS();
  }

  @Override
  public void release() {
    blocks.clear();
    source.release();
  }

  @Override
  public void read(long start, int count, double[][] target, int offset) throws SampleException {
    int size = filter.blockFrames();
    blocks.removeIf(block -> block.start() + size <= start);
    for (long first = start / size * size; first < start + count; first += size) {
      Block block = block(first);
      long from = Math.max(start, first);
      int part = (int) (Math.min(start + count, first + size) - from);
      for (int row = 0; row < block.values().length; row++) {
        System.arraycopy(
            block.values()[row],
            (int) (from - first),
            target[row],
            offset + (int) (from - start),
            part);
      }
    }
  }

  private Block block(long first) throws SampleException {
    for (Iterator<Block> i = blocks.iterator(); i.hasNext(); ) {
      Block block = i.next();
      if (block.start() == first) {
        return block;
      }
    }
    int length = filter.blockFrames() + 2 * filter.reach();
    double[][] values = extended(first - filter.reach(), length);
    for (int row = 0; row < values.length; row++) {
      double[] output = new double[filter.blockFrames()];
      filter.block(values[row], output);
      values[row] = output;
    }
    Block block = new Block(first, values);
    blocks.addLast(block);
    return block;
  }

  /** Frames from {@code start} on, with what stands for the frames that do not exist. */
  private double[][] extended(long start, int length) throws SampleException {
    int channels = source.channels().size();
    long frames = source.frames();
    double[][] values = new double[channels][length];
    long from = Math.max(0, start);
    long to = Math.min(frames, start + length);
    if (to > from) {
      source.read(from, (int) (to - from), values, (int) (from - start));
    }
    if (start < 0) {
      double[][] head = edgeValues(0, Math.min(edge, -start));
      for (int row = 0; row < channels; row++) {
        for (int i = 1; i < head[row].length; i++) {
          values[row][(int) (-start) - i] = 2 * head[row][0] - head[row][i];
        }
      }
    }
    long after = Math.min(start + length, frames + edge) - Math.max(frames, start);
    if (after > 0) {
      long reach = Math.max(frames, start) - frames + after;
      double[][] tail = edgeValues(frames - 1 - reach, reach);
      for (int row = 0; row < channels; row++) {
        double last = tail[row][tail[row].length - 1];
        for (long i = reach - after + 1; i <= reach; i++) {
          values[row][(int) (frames - 1 + i - start)] = 2 * last - tail[row][(int) (reach - i)];
        }
      }
    }
    return values;
  }

  /** {@code reach + 1} frames at an end of the signal. */
  private double[][] edgeValues(long start, long reach) throws SampleException {
    double[][] values = new double[source.channels().size()][(int) reach + 1];
    source.read(start, (int) reach + 1, values, 0);
    return values;
  }
}
