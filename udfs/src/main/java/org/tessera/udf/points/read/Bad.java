package org.tessera.udf.points.read;

import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The faults that readers report, each with the byte offset. */
final class Bad {
  private Bad() {}

  static SampleException truncated(String format, String what, long offset) {
    return SampleException.at(
        Phase.DECODE,
        RejectCode.TRUNCATED,
        "Cannot read " + format + ": " + what + " (the file is cut short: fetch it again)",
        offset);
  }

  static SampleException malformed(String format, String what, long offset) {
    return SampleException.at(
        Phase.DECODE,
        RejectCode.MALFORMED,
        "Cannot read " + format + ": " + what + " (write the file again)",
        offset);
  }

  static SampleException unsupported(String format, String what, long offset) {
    return SampleException.at(
        Phase.DECODE, RejectCode.UNSUPPORTED_FORMAT, "Cannot read " + format + ": " + what, offset);
  }

  static SampleException tooMany(String format, long count, long limit, long offset) {
    return SampleException.at(
        Phase.DECODE,
        RejectCode.TOO_LARGE,
        "Cannot hold the "
            + Long.toUnsignedString(count)
            + " points of this "
            + format
            + ": the limit is "
            + limit
            + " (raise limits.points)",
        offset);
  }
}
