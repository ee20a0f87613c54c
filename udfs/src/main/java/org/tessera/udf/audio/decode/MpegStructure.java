package org.tessera.udf.audio.decode;

import org.tessera.udf.sample.SampleException;

/**
 * MPEG audio: frame after frame, between tags. Where the first frame carries a Xing/Info tag, the
 * file must hold as many frames as the tag says; without it a file that ends between two frames
 * cannot be told from a whole one.
 */
final class MpegStructure {
  private static final int XING_FRAMES = 1;

  private MpegStructure() {}

  static Structure.Extent check(ByteWindow bytes) throws SampleException {
    long start = Id3.audioStart(bytes);
    while (bytes.has(start, 1) && bytes.u8(start) == 0) {
      start++;
    }
    long promised = -1;
    long frames = 0;
    long at = start;
    while (bytes.has(at, 4)) {
      MpegHeader header = MpegHeader.of((int) bytes.u32be(at));
      if (header == null) {
        break;
      }
      if (header.length() == 0) {
        return Structure.Extent.unknown(bytes);
      }
      bytes.need(at, header.length(), "the frame at byte " + at);
      if (at == start) {
        promised = promised(bytes, at, header);
      }
      frames++;
      at += header.length();
    }
    if (frames == 0) {
      throw bytes.malformed(start, "no frame of MPEG audio");
    }
    checkEnd(bytes, at);
    long sounding = promised >= 0 ? frames - 1 : frames;
    if (sounding < promised) {
      bytes.need(at, 1, "the audio: " + sounding + " of " + promised + " frames are there and it");
      throw bytes.malformed(at, sounding + " of " + promised + " frames are there");
    }
    return new Structure.Extent(-1, at);
  }

  /** The number of frames after the tag's own, or -1 when the first frame carries no tag. */
  private static long promised(ByteWindow bytes, long at, MpegHeader header)
      throws SampleException {
    if (header.layer() != 3) {
      return -1;
    }
    long tag = at + 4 + header.sideBytes();
    boolean xing = bytes.is(tag, "Xing") || bytes.is(tag, "Info");
    return xing && (bytes.u32be(tag + 4) & XING_FRAMES) != 0 ? bytes.u32be(tag + 8) : -1;
  }

  /** Behind the last frame only tags and zeros may stand. */
  static void checkEnd(ByteWindow bytes, long end) throws SampleException {
    if (!Id3.follows(bytes, end)) {
      throw bytes.malformed(end, "no frame where the last one ends");
    }
  }
}
