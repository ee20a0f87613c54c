package org.tessera.udf.eeg.read;

import java.util.List;
import org.tessera.udf.sample.SampleException;

/**
 * An open recording: physical values by position. It holds no bytes of the signal but one buffer,
 * unless its format leaves no choice (EEGLAB files with the signal inside), and closes nothing: the
 * source belongs to its opener. Not thread-safe.
 */
public interface Recording {
  /** The format, e.g. {@code edf}. */
  String format();

  /** The channels, in file order, without the ones that carry only annotations. */
  List<Channel> channels();

  /** Seconds from the first sample at which each stretch without a gap starts; at least one. */
  List<Double> runStarts();

  /** How many samples a channel has in a run. */
  long frames(int run, int channel);

  /** The annotations in order of their onset. */
  List<Annotation> annotations();

  /**
   * Reads the same stretch of several channels of one rate.
   *
   * @param run the stretch without a gap
   * @param start the first frame, from 0 at the start of the run
   * @param count the number of frames; all must exist
   * @param channels channel numbers
   * @param target one row per channel of the request; {@code count} values are written
   * @throws SampleException when the bytes are not there or not readable
   */
  void read(int run, long start, int count, int[] channels, double[][] target)
      throws SampleException;
}
