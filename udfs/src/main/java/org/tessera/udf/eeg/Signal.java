package org.tessera.udf.eeg;

import java.util.List;
import org.tessera.udf.eeg.read.Channel;
import org.tessera.udf.sample.SampleException;

/** Several channels of one rate over one stretch without a gap, read by position. */
interface Signal {
  /** What the rows are. */
  List<Channel> channels();

  /** Samples per second. */
  double rate();

  /** How many frames there are. */
  long frames();

  /** Seconds from the start of the recording to the first frame. */
  double startS();

  /**
   * Reads a stretch; reading forwards is cheap.
   *
   * @param start the first frame
   * @param count how many frames; all must exist
   * @param target one row per channel; {@code count} values from {@code offset} on are written
   */
  void read(long start, int count, double[][] target, int offset) throws SampleException;

  /** Forgets what was held to read on; reading starts anew. */
  void release();

  /**
   * Some of the channels, in a new order; a negative number gives a row of zeros.
   *
   * @param rows numbers of this signal's channels
   * @param described what the rows are called and are
   */
  default Signal select(int[] rows, List<Channel> described) {
    return new SelectedSignal(this, rows, described);
  }
}
