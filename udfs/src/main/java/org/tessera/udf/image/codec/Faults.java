package org.tessera.udf.image.codec;

import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** The ways in which an image file can be bad. */
final class Faults {
  private Faults() {}

  /** The file ends before its content does. */
  static SampleException truncated(ImageFormat format, String what, long offset) {
    return fault(
        format,
        RejectCode.TRUNCATED,
        what + " ends at byte " + offset,
        "get the whole file again",
        offset);
  }

  /** The file contradicts its format. */
  static SampleException malformed(ImageFormat format, String what, long offset) {
    return fault(format, RejectCode.MALFORMED, what + at(offset), "write the file again", offset);
  }

  /** The file is right but this build cannot decode it. */
  static SampleException unsupported(ImageFormat format, String what, long offset) {
    return fault(
        format,
        RejectCode.UNSUPPORTED_FORMAT,
        what + at(offset) + " is not supported",
        "convert the file to PNG",
        offset);
  }

  /** The file would take more than the limit. */
  static SampleException tooLarge(ImageFormat format, String what, long offset) {
    return fault(format, RejectCode.TOO_LARGE, what, "raise limits or drop the file", offset);
  }

  private static String at(long offset) {
    return offset < 0 ? "" : " at byte " + offset;
  }

  private static SampleException fault(
      ImageFormat format, RejectCode code, String what, String remedy, long offset) {
    return SampleException.at(
        Phase.DECODE,
        code,
        "Cannot decode " + format.label() + ": " + what + " (" + remedy + ")",
        offset);
  }
}
