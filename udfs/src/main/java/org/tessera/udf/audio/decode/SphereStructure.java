package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/** NIST SPHERE: a text header of fields, then PCM or mu-law. */
final class SphereStructure {
  private SphereStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    bytes.need(0, 16, "the header");
    int header;
    try {
      header = Integer.parseInt(bytes.text(8, 8).strip());
    } catch (NumberFormatException e) {
      throw bytes.malformed(8, "no header size");
    }
    if (header < 16 || header > 1 << 16) {
      throw bytes.malformed(8, "a header of " + header + " bytes");
    }
    bytes.need(0, header, "the header");
    long frames = -1;
    long channels = 1;
    long width = 2;
    for (String line : bytes.text(0, header).split("\n", -1)) {
      String[] field = line.strip().split(" +", 3);
      if (field.length < 3) {
        continue;
      }
      if (field[0].equals("sample_coding") && !field[2].startsWith("pcm") && !isMuLaw(field[2])
          || field[2].contains("embedded")) {
        throw bytes.unsupported(0, "its coding is " + field[2]);
      }
      if (field[1].equals("-i")) {
        long value = number(bytes, field);
        frames = field[0].equals("sample_count") ? value : frames;
        channels = field[0].equals("channel_count") ? value : channels;
        width = field[0].equals("sample_n_bytes") ? value : width;
      }
    }
    if (frames >= 0) {
      bytes.need(header, Math.multiplyExact(frames, channels * width), "the data");
    }
    return new Structure.Extent(frames, bytes.size());
  }

  private static boolean isMuLaw(String coding) {
    return coding.equals("ulaw") || coding.equals("mu-law");
  }

  private static long number(ByteWindow bytes, String[] field) throws SampleException {
    try {
      long value = Long.parseLong(field[2].strip());
      if (value >= 0 && value < 1L << 40) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below, as for a number out of range.
    }
    throw bytes.malformed(0, field[0] + " is " + field[2]);
  }
}
