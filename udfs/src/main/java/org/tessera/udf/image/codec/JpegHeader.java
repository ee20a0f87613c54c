package org.tessera.udf.image.codec;

import java.io.ByteArrayOutputStream;
import org.tessera.udf.sample.SampleException;

/**
 * What the markers of a JPEG file say, and that its scans are all there. libjpeg fills a cut image
 * with gray and only warns; Pillow rejects it, and so does this.
 *
 * @param width pixels in a row
 * @param height rows
 * @param components 1 (gray), 3 (colour) or 4 (CMYK, YCCK)
 * @param frame the frame marker's second byte, e.g. 0xC0 baseline, 0xC2 progressive
 * @param scans the number of scans
 * @param orientation the EXIF orientation, 1 to 8
 * @param adobeTransform the Adobe segment's colour transform, or -1 without that segment
 */
record JpegHeader(
    int width,
    int height,
    int components,
    int frame,
    int scans,
    int orientation,
    int adobeTransform) {
  private static final int SOI = 0xD8;
  private static final int EOI = 0xD9;
  private static final int SOS = 0xDA;
  private static final int DQT = 0xDB;
  private static final int DHP = 0xDE;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int COM = 0xFE;

  boolean isProgressive() {
    return frame == 0xC2 || frame == 0xC6 || frame == 0xCA || frame == 0xCE;
  }

  /** Reads the markers up to the end of the image. */
  static JpegHeader read(byte[] b) throws SampleException {
    return new Walk(b).run();
  }

  /** One walk over the markers. */
  private static final class Walk {
    private final byte[] b;
    private final ByteArrayOutputStream exif = new ByteArrayOutputStream();
    private byte[] xmp = new byte[0];
    private int at = 2;
    private int width;
    private int height;
    private int components;
    private int frame = -1;
    private int adobe = -1;

    Walk(byte[] b) {
      this.b = b;
    }

    JpegHeader run() throws SampleException {
      int firstComponents = header();
      boolean single = firstComponents == components && !isProgressiveFrame();
      int scans = 1;
      while (true) {
        skipScan();
        // One scan that holds all components is complete once any marker ends it.
        if (single || !nextScan()) {
          break;
        }
        scans++;
      }
      return new JpegHeader(
          width,
          height,
          components,
          frame,
          scans,
          Exif.orientation(exif.toByteArray(), xmp),
          adobe);
    }

    private boolean isProgressiveFrame() {
      return frame == 0xC2 || frame == 0xC6 || frame == 0xCA || frame == 0xCE;
    }

    /** Reads up to the first scan and returns how many components it has. */
    private int header() throws SampleException {
      while (true) {
        int marker = nextMarker();
        int start = at;
        if (marker == 0 || marker == SOI || marker >= 0xD0 && marker < SOI || marker == EOI) {
          continue;
        }
        if (marker < 0xC0) {
          throw Faults.malformed(
              ImageFormat.JPEG, "marker FF" + String.format("%02X", marker), start - 2L);
        }
        if (marker == 0xC8 || marker > APP0 + 15 && marker < COM) {
          continue; // reserved, and without a length in Pillow's reading
        }
        int length = segment();
        if (marker == SOS) {
          if (frame < 0) {
            throw Faults.malformed(ImageFormat.JPEG, "a scan before the frame header", start - 2L);
          }
          return length > 2 ? Bytes.u8(b, start + 2) : 0;
        }
        read(marker, start + 2, length - 2);
      }
    }

    private void read(int marker, int from, int length) throws SampleException {
      if (marker == DHP || marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xCC) {
        frame(marker, from, length);
      } else if (marker == DQT) {
        quantization(from, length);
      } else if (marker == APP1 && Bytes.matches(b, from, "Exif\0\0") && length >= 6) {
        int skip = exif.size() == 0 ? 0 : 6;
        exif.write(b, from + skip, length - skip);
      } else if (marker == APP1 && Bytes.matches(b, from, "http://ns.adobe.com/xap/1.0/\0")) {
        xmp = java.util.Arrays.copyOfRange(b, Math.min(from + 29, from + length), from + length);
      } else if (marker == APP14 && length >= 12 && Bytes.matches(b, from, "Adobe")) {
        adobe = Bytes.u8(b, from + 11);
      }
    }

    private void frame(int marker, int from, int length) throws SampleException {
      if (length < 6) {
        throw Faults.malformed(ImageFormat.JPEG, "a frame header of " + length + " bytes", from);
      }
      if (Bytes.u8(b, from) != 8) {
        throw Faults.unsupported(ImageFormat.JPEG, Bytes.u8(b, from) + "-bit samples", from);
      }
      height = Bytes.u16be(b, from + 1);
      width = Bytes.u16be(b, from + 3);
      components = Bytes.u8(b, from + 5);
      frame = marker;
      if (components != 1 && components != 3 && components != 4) {
        throw Faults.unsupported(ImageFormat.JPEG, components + " components", from + 5L);
      }
      if (width == 0 || height == 0) {
        throw Faults.malformed(ImageFormat.JPEG, "a size of " + width + "x" + height, from + 1L);
      }
    }

    private void quantization(int from, int length) throws SampleException {
      int done = 0;
      while (done < length) {
        int table = 1 + 64 * (Bytes.u8(b, from + done) >> 4 == 0 ? 1 : 2);
        if (done + table > length) {
          throw Faults.malformed(ImageFormat.JPEG, "a short quantization table", from + done);
        }
        done += table;
      }
    }

    /** Moves past entropy-coded data, to the 0xFF of the marker that ends it. */
    private void skipScan() throws SampleException {
      while (at + 1 < b.length) {
        if (b[at] != (byte) 0xFF) {
          at++;
          continue;
        }
        int next = Bytes.u8(b, at + 1);
        if (next == 0xFF) {
          at++;
        } else if (next == 0 || next >= 0xD0 && next <= 0xD7) {
          at += 2;
        } else {
          return;
        }
      }
      throw truncated();
    }

    /** Moves into the next scan; false at the end of the image. */
    private boolean nextScan() throws SampleException {
      while (true) {
        int marker = nextMarker();
        if (marker == EOI) {
          return false;
        }
        if (marker <= 1 || marker >= 0xD0 && marker <= SOI) {
          continue;
        }
        segment();
        if (marker == SOS) {
          return true;
        }
      }
    }

    /** The next marker's second byte; bytes before it are junk and skipped, as libjpeg does. */
    private int nextMarker() throws SampleException {
      while (at + 1 < b.length) {
        if (b[at] == (byte) 0xFF && b[at + 1] != (byte) 0xFF) {
          at += 2;
          return Bytes.u8(b, at - 1);
        }
        at++;
      }
      throw truncated();
    }

    /** Moves past the segment at {@code at} and returns its length field. */
    private int segment() throws SampleException {
      if (at + 2 > b.length) {
        throw truncated();
      }
      int length = Bytes.u16be(b, at);
      if (length < 2) {
        throw Faults.malformed(ImageFormat.JPEG, "a segment of length " + length, at);
      }
      if (at + length > b.length) {
        throw truncated();
      }
      at += length;
      return length;
    }

    private SampleException truncated() {
      return Faults.truncated(
          ImageFormat.JPEG,
          frame < 0 ? "the header" : "the image of " + width + "x" + height + " pixels",
          b.length);
    }
  }
}
