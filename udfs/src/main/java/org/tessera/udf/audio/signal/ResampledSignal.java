package org.tessera.udf.audio.signal;

import org.tessera.udf.sample.SampleException;

/**
 * A signal at another rate. Blocks of turns (see {@link ResampleFilter}) are filtered at once, so
 * memory does not grow with the signal.
 *
 * <p>Within a block the input is laid out as one row for each sample of the span, {@code row[k][m]
 * = x[m × from - width + k]}, so that the sum over the taps runs along rows without strides, which
 * the JIT compiler turns into vector instructions.
 */
public final class ResampledSignal implements Signal {
  /** Floats in the rows of one block: they stay in the second-level cache. */
  private static final int BLOCK_FLOATS = 1 << 16;

  private static final int MAX_TURNS = 1024;

  private final Signal source;
  private final ResampleFilter filter;
  private final int rate;
  private final int turns;
  private final float[][] input;
  private final float[][] output;
  private final float[][] rows;
  private final float[] sums;
  private int filled;
  private int outputStart;
  private int outputEnd;
  private long taken;
  private long made;
  private boolean ended;

  /**
   * @param source the signal, closed with this one
   * @param filter a filter from the source's rate to {@code rate}
   */
  public ResampledSignal(Signal source, ResampleFilter filter, int rate) {
    this.source = source;
    this.filter = filter;
    this.rate = rate;
    this.turns = Math.max(1, Math.min(MAX_TURNS, BLOCK_FLOATS / filter.span()));
    this.input = new float[source.channels()][(turns - 1) * filter.from() + filter.span()];
    this.output = new float[source.channels()][turns * filter.to()];
    this.rows = new float[filter.span()][];
    for (int k = 0; k < rows.length; k++) {
      rows[k] = new float[k < filter.from() ? turns + filter.span() / filter.from() : turns];
    }
    this.sums = new float[turns];
    this.filled = filter.width();
  }

  @Override
  public int rate() {
    return rate;
  }

  @Override
  public int channels() {
    return source.channels();
  }

  @Override
  public int read(float[][] target, int offset, int count) throws SampleException {
    if (outputStart == outputEnd && !fillOutput()) {
      return -1;
    }
    int length = Math.min(count, outputEnd - outputStart);
    for (int channel = 0; channel < output.length; channel++) {
      System.arraycopy(output[channel], outputStart, target[channel], offset, length);
    }
    outputStart += length;
    return length;
  }

  private boolean fillOutput() throws SampleException {
    int capacity = input[0].length;
    while (!ended && filled < capacity) {
      int count = source.read(input, filled, capacity - filled);
      if (count < 0) {
        ended = true;
      } else {
        filled += count;
        taken += count;
      }
    }
    long left = ended ? filter.outputLength(taken) - made : Long.MAX_VALUE;
    if (left <= 0) {
      return false;
    }
    int length = (int) Math.min(left, (long) turns * filter.to());
    int usedTurns = (length + filter.to() - 1) / filter.to();
    for (int channel = 0; channel < input.length; channel++) {
      java.util.Arrays.fill(input[channel], filled, capacity, 0);
      filter(input[channel], output[channel], usedTurns);
      System.arraycopy(
          input[channel],
          turns * filter.from(),
          input[channel],
          0,
          capacity - turns * filter.from());
    }
    filled = Math.max(0, filled - turns * filter.from());
    outputStart = 0;
    outputEnd = length;
    made += length;
    return true;
  }

  private void filter(float[] samples, float[] target, int usedTurns) {
    int from = filter.from();
    for (int k = 0; k < from; k++) {
      float[] row = rows[k];
      for (int m = 0, at = k; m < row.length && at < samples.length; m++, at += from) {
        row[m] = samples[at];
      }
    }
    for (int k = from; k < rows.length; k++) {
      System.arraycopy(rows[k % from], k / from, rows[k], 0, usedTurns);
    }
    int to = filter.to();
    for (int phase = 0; phase < to; phase++) {
      sumRows(filter.taps(phase), filter.first(phase), usedTurns);
      for (int m = 0, at = phase; m < usedTurns; m++, at += to) {
        target[at] = sums[m];
      }
    }
  }

  private void sumRows(float[] taps, int first, int usedTurns) {
    java.util.Arrays.fill(sums, 0, usedTurns, 0);
    int k = 0;
    for (; k + 3 < taps.length; k += 4) {
      addRows(
          sums,
          rows[first + k],
          rows[first + k + 1],
          rows[first + k + 2],
          rows[first + k + 3],
          taps,
          k,
          usedTurns);
    }
    for (; k < taps.length; k++) {
      addRow(sums, rows[first + k], taps[k], usedTurns);
    }
  }

  /** Kept apart and small: this shape is what the JIT compiler vectorizes. */
  private static void addRows(
      float[] sums,
      float[] row0,
      float[] row1,
      float[] row2,
      float[] row3,
      float[] taps,
      int k,
      int count) {
    float tap0 = taps[k];
    float tap1 = taps[k + 1];
    float tap2 = taps[k + 2];
    float tap3 = taps[k + 3];
    for (int m = 0; m < count; m++) {
      sums[m] = sums[m] + tap0 * row0[m] + tap1 * row1[m] + tap2 * row2[m] + tap3 * row3[m];
    }
  }

  private static void addRow(float[] sums, float[] row, float tap, int count) {
    for (int m = 0; m < count; m++) {
      sums[m] += tap * row[m];
    }
  }

  @Override
  public void close() {
    source.close();
  }
}
