package org.tessera.udf.points.read;

import org.tessera.udf.sample.SampleException;

/** The public header block of LAS 1.0 to 1.4, checked against the file's real size. */
final class LasHeader {
  /** Bytes that each point format takes at least, by its number. */
  private static final int[] RECORD = {20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67};

  /** Where red stands in a record, by point format; -1 where there is no colour. */
  private static final int[] RED = {-1, -1, 20, 28, -1, 28, -1, 30, 30, -1, 30};

  private static final int SMALLEST = 227;
  private static final int SMALLEST_14 = 375;

  final int minor;
  final int pointFormat;
  final boolean compressed;
  final int headerSize;
  final long pointsAt;
  final long vlrs;
  final int recordLength;
  final long count;
  final long countOffset;
  final double[] scale = new double[3];
  final double[] offset = new double[3];

  private LasHeader(Bytes in) throws SampleException {
    in.need(4, "the signature");
    if (in.i32() != 0x4653414c) {
      throw Bad.malformed(in.format(), "its signature is not LASF", 0);
    }
    in.seek(24);
    int major = in.u8();
    minor = in.u8();
    if (major != 1 || minor > 4) {
      throw Bad.unsupported(
          in.format(), "version " + major + "." + minor + " is unknown (write LAS 1.4)", 24);
    }
    in.seek(94);
    headerSize = in.u16();
    pointsAt = in.u32();
    vlrs = in.u32();
    int format = in.u8();
    recordLength = in.u16();
    long legacy = in.u32();
    compressed = (format & 0x80) != 0;
    pointFormat = format & 0x3f;
    if (pointFormat >= RECORD.length) {
      throw Bad.malformed(in.format(), "point format " + pointFormat + " does not exist", 104);
    }
    if (recordLength < RECORD[pointFormat]) {
      throw Bad.malformed(
          in.format(),
          "a record has "
              + recordLength
              + " bytes, and point format "
              + pointFormat
              + " takes "
              + RECORD[pointFormat],
          105);
    }
    if (headerSize < (minor >= 4 ? SMALLEST_14 : SMALLEST) || pointsAt < headerSize) {
      throw Bad.malformed(
          in.format(),
          "the header has " + headerSize + " bytes and the points begin at " + pointsAt,
          94);
    }
    quantizer(in);
    long wide = 0;
    if (minor >= 4) {
      in.seek(247);
      wide = in.i64();
    }
    count = wide != 0 ? wide : legacy;
    countOffset = wide != 0 ? 247 : 107;
    if (pointsAt > in.size()) {
      throw Bad.truncated(
          in.format(), "its points begin at byte " + pointsAt + " of " + in.size(), 96);
    }
  }

  static LasHeader read(Bytes in) throws SampleException {
    return new LasHeader(in);
  }

  private void quantizer(Bytes in) throws SampleException {
    in.seek(131);
    for (int i = 0; i < 3; i++) {
      scale[i] = in.f64();
      if (!Double.isFinite(scale[i]) || scale[i] == 0) {
        throw Bad.malformed(in.format(), "a scale factor is " + scale[i], 131 + 8L * i);
      }
    }
    for (int i = 0; i < 3; i++) {
      offset[i] = in.f64();
      if (!Double.isFinite(offset[i])) {
        throw Bad.malformed(in.format(), "a coordinate offset is " + offset[i], 155 + 8L * i);
      }
    }
  }

  /** Whether the points have colours. */
  boolean hasColor() {
    return RED[pointFormat] >= 0;
  }

  /** Where red stands in a record. */
  int red() {
    return RED[pointFormat];
  }
}
