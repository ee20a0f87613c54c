package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** Sun/NeXT audio: one big-endian header; a data size of 0xFFFFFFFF reaches to the file's end. */
final class AuStructure {
  private AuStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    bytes.need(0, 24, "the header");
    long start = bytes.u32be(4);
    long size = bytes.u32be(8);
    if (start < 24) {
      throw bytes.malformed(4, "a header of " + start + " bytes");
    }
    if (bytes.u32be(16) == 0 || bytes.u32be(20) == 0) {
      throw bytes.malformed(16, "it has no channels or no sample rate");
    }
    bytes.need(0, start, "the header");
    if (size != 0xffffffffL) {
      bytes.need(start, size, "the data");
    } else {
      size = bytes.size() - start;
    }
    long frame = sampleBytes(bytes.u32be(12)) * bytes.u32be(20);
    return new Structure.Extent(frame > 0 ? size / frame : -1, bytes.size());
  }

  /** Bytes of one sample of the linear and companded encodings; 0 for others. */
  private static long sampleBytes(long encoding) {
    switch ((int) encoding) {
      case 1: // mu-law
      case 2: // 8-bit
      case 27: // A-law
        return 1;
      case 3: // 16-bit
        return 2;
      case 4: // 24-bit
        return 3;
      case 5: // 32-bit
      case 6: // float
        return 4;
      case 7: // double
        return 8;
      default:
        return 0;
    }
  }
}
