package org.tessera.udf.eeg.read;

import org.tessera.udf.sample.ByteSource;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Reading with the faults of the decode phase. */
final class Faults {
  private Faults() {}

  static SampleException malformed(String message, long offset) {
    return SampleException.at(Phase.DECODE, RejectCode.MALFORMED, message, offset);
  }

  static SampleException truncated(String message, long offset) {
    return SampleException.at(Phase.DECODE, RejectCode.TRUNCATED, message, offset);
  }

  static SampleException tooLarge(String message, long offset) {
    return SampleException.at(Phase.DECODE, RejectCode.TOO_LARGE, message, offset);
  }

  static SampleException unsupported(String message, long offset) {
    return SampleException.at(Phase.DECODE, RejectCode.UNSUPPORTED_FORMAT, message, offset);
  }

  /** Fills {@code length} bytes of the buffer or fails at the end of the source. */
  static void readFully(ByteSource source, long position, byte[] target, int length, String what)
      throws SampleException {
    int done = 0;
    while (done < length) {
      int count = source.read(position + done, target, done, length - done);
      if (count < 0) {
        throw truncated(
            "Cannot read "
                + what
                + ": "
                + length
                + " bytes at "
                + position
                + " reach past the end of the file at "
                + source.size()
                + " (the file is cut; copy it again)",
            source.size());
      }
      done += count;
    }
  }

  static byte[] readFully(ByteSource source, long position, int length, String what)
      throws SampleException {
    if (position < 0 || length > source.size() - position) {
      throw truncated(
          "Cannot read "
              + what
              + ": "
              + length
              + " bytes at "
              + position
              + " reach past the end of the file at "
              + source.size()
              + " (the file is cut; copy it again)",
          source.size());
    }
    byte[] bytes = new byte[length];
    readFully(source, position, bytes, length, what);
    return bytes;
  }
}
