package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/**
 * RIFF/WAVE, RF64 and BW64 (64-bit sizes in the {@code ds64} chunk). The big-endian kind, RIFX, is
 * refused: FFmpeg reads its samples as if they were little-endian.
 *
 * <p>A data chunk that is longer than the file is a truncated file. Programs that write to a pipe
 * leave a placeholder for the size (0, 0x7FFFF000, 0x80000000 or 0xFFFFFFFF): then the data reach
 * to the end of the file.
 */
final class WavStructure {
  private static final int PCM = 1;
  private static final int FLOAT = 3;
  private static final int ALAW = 6;
  private static final int MULAW = 7;
  private static final int EXTENSIBLE = 0xfffe;

  private final ByteWindow bytes;
  private final boolean wide;
  private long wideDataSize = -1;
  private int blockAlign;
  private boolean linear;

  private WavStructure(ByteWindow bytes) throws SampleException {
    this.bytes = bytes;
    this.wide = bytes.is(0, "RF64") || bytes.is(0, "BW64");
  }

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    if (bytes.is(0, "RIFX")) {
      throw bytes.unsupported(0, "it is big-endian (RIFX)");
    }
    return new WavStructure(bytes).chunks();
  }

  private Structure.Extent chunks() throws SampleException {
    long at = 12;
    while (true) {
      bytes.need(at, 8, blockAlign == 0 ? "the header" : "the header, before the data chunk");
      long size = bytes.u32le(at + 4);
      if (bytes.is(at, "data")) {
        return data(at + 8, size);
      }
      if (bytes.is(at, "fmt ")) {
        bytes.need(at + 8, Math.max(16, size), "the fmt chunk");
        format(at + 8, size);
      } else if (bytes.is(at, "ds64")) {
        bytes.need(at + 8, 16, "the ds64 chunk");
        wideDataSize = bytes.s64le(at + 16);
      }
      at += 8 + size + (size & 1);
    }
  }

  private void format(long at, long size) throws SampleException {
    int tag = bytes.u16le(at);
    if (bytes.u16le(at + 2) == 0) {
      throw bytes.malformed(at + 2, "it has 0 channels");
    }
    if (bytes.u32le(at + 4) == 0) {
      throw bytes.malformed(at + 4, "its sample rate is 0 Hz");
    }
    blockAlign = bytes.u16le(at + 12);
    if (tag == EXTENSIBLE && size >= 40) {
      tag = bytes.u16le(at + 24);
    }
    linear = tag == PCM || tag == FLOAT || tag == ALAW || tag == MULAW;
    int bits = bytes.u16le(at + 14);
    if (linear && blockAlign != bytes.u16le(at + 2) * ((bits + 7) / 8)) {
      throw bytes.malformed(
          at + 12,
          "a frame of "
              + bytes.u16le(at + 2)
              + " x "
              + bits
              + " bits cannot have "
              + blockAlign
              + " bytes");
    }
  }

  private Structure.Extent data(long at, long declared) throws SampleException {
    if (blockAlign == 0) {
      throw bytes.malformed(at - 8, "the data chunk comes before a usable fmt chunk");
    }
    long size = wide && declared == 0xffffffffL && wideDataSize >= 0 ? wideDataSize : declared;
    if (!wide && isPlaceholder(declared)) {
      size = bytes.size() - at;
    }
    bytes.need(at, size, "the data chunk");
    return new Structure.Extent(linear ? size / blockAlign : -1, bytes.size());
  }

  private static boolean isPlaceholder(long size) {
    return size == 0 || size == 0x7ffff000L || size == 0x80000000L || size == 0xffffffffL;
  }
}
