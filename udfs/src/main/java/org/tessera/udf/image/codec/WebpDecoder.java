package org.tessera.udf.image.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/**
 * WebP through libwebp, lossy and lossless; of an animation the first frame on its canvas, which is
 * transparent (black without alpha) where the frame is not.
 */
final class WebpDecoder {
  private static final int ALPHA = 0x10;
  private static final int ANIMATION = 0x02;

  private final byte[] b;
  private final Limits limits;
  private byte[] exif = new byte[0];
  private byte[] xmp = new byte[0];
  private int flags = -1;
  private int canvasWidth;
  private int canvasHeight;
  private int frame = -1;
  private int frameEnd;
  private int pixels = -1;

  private WebpDecoder(byte[] b, Limits limits) {
    this.b = b;
    this.limits = limits;
  }

  static Raster decode(byte[] file, Limits limits) throws SampleException {
    return new WebpDecoder(file, limits).run();
  }

  private Raster run() throws SampleException {
    long end = 8 + Bytes.u32le(b, 4);
    if (end > b.length) {
      throw Faults.truncated(ImageFormat.WEBP, "the file of " + end + " bytes", b.length);
    }
    chunks((int) end);
    boolean animated = flags >= 0 && (flags & ANIMATION) != 0;
    if (animated ? frame < 0 : pixels < 0) {
      throw Faults.malformed(ImageFormat.WEBP, "no image", end);
    }
    boolean alpha = flags >= 0 ? (flags & ALPHA) != 0 : isLosslessWithAlpha();
    if (flags >= 0) {
      Guard.pixels(ImageFormat.WEBP, canvasWidth, canvasHeight, limits);
    } else {
      Guard.pixels(ImageFormat.WEBP, size(0), size(1), limits);
    }
    Raster raster = animated ? firstFrame(alpha) : NativeCodec.decode(ImageFormat.WEBP, b, alpha);
    return Orientation.apply(raster, Exif.orientation(exif, xmp));
  }

  private void chunks(int end) throws SampleException {
    int at = 12;
    while (at + 8 <= end) {
      long size = Bytes.u32le(b, at + 4);
      int from = at + 8;
      if (from + size > end) {
        throw Faults.truncated(
            ImageFormat.WEBP, "chunk " + Bytes.latin1(b, at, at + 4), Math.min(end, b.length));
      }
      int to = from + (int) size;
      switch (Bytes.latin1(b, at, at + 4)) {
        case "VP8X" -> extended(from, to);
        case "VP8 ", "VP8L" -> pixels = pixels < 0 ? at : pixels;
        case "ANMF" -> {
          if (frame < 0) {
            frame = from;
            frameEnd = to;
          }
        }
        case "EXIF" -> exif = Arrays.copyOfRange(b, from, to);
        case "XMP " -> xmp = Arrays.copyOfRange(b, from, to);
        default -> {
          // Colour profiles and unknown chunks do not change the pixels.
        }
      }
      at = to + (int) (size & 1);
    }
  }

  private void extended(int from, int to) throws SampleException {
    if (to - from < 10) {
      throw Faults.malformed(ImageFormat.WEBP, "a VP8X chunk of " + (to - from) + " bytes", from);
    }
    flags = Bytes.u8(b, from);
    canvasWidth = 1 + u24(from + 4);
    canvasHeight = 1 + u24(from + 7);
  }

  private boolean isLosslessWithAlpha() {
    return Bytes.matches(b, pixels, "VP8L") && (b[pixels + 12] & 0x10) != 0;
  }

  /** The width (0) or height (1) that the bitstream states. */
  private int size(int axis) {
    int data = pixels + 8;
    if (Bytes.matches(b, pixels, "VP8L")) {
      return 1 + (int) (Bytes.u32le(b, data + 1) >> (14 * axis) & 0x3fff);
    }
    return Bytes.u16le(b, data + 6 + 2 * axis) & 0x3fff;
  }

  private Raster firstFrame(boolean alpha) throws SampleException {
    if (frameEnd - frame < 16) {
      throw Faults.malformed(ImageFormat.WEBP, "a short animation frame", frame);
    }
    int left = 2 * u24(frame);
    int top = 2 * u24(frame + 3);
    int width = 1 + u24(frame + 6);
    int height = 1 + u24(frame + 9);
    if (left + width > canvasWidth || top + height > canvasHeight) {
      throw Faults.malformed(ImageFormat.WEBP, "a frame outside the canvas", frame);
    }
    Raster part = NativeCodec.decode(ImageFormat.WEBP, still(width, height, alpha), alpha);
    if (part.width() != width || part.height() != height) {
      throw Faults.malformed(ImageFormat.WEBP, "a frame of another size than it states", frame);
    }
    if (width == canvasWidth && height == canvasHeight) {
      return part;
    }
    Raster canvas = Raster.blank(canvasWidth, canvasHeight, part.channels());
    int row = width * part.channels();
    for (int y = 0; y < height; y++) {
      int to = ((top + y) * canvasWidth + left) * part.channels();
      System.arraycopy(part.data(), y * row, canvas.data(), to, row);
    }
    return canvas;
  }

  /** The frame as a file of its own. */
  private byte[] still(int width, int height, boolean alpha) {
    int data = frame + 16;
    int length = frameEnd - data;
    ByteBuffer file = ByteBuffer.allocate(30 + length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {'R', 'I', 'F', 'F'}).putInt(22 + length);
    file.put(new byte[] {'W', 'E', 'B', 'P', 'V', 'P', '8', 'X'}).putInt(10);
    file.putInt(alpha ? ALPHA : 0);
    put24(file, width - 1);
    put24(file, height - 1);
    return file.put(b, data, length).array();
  }

  private static void put24(ByteBuffer file, int value) {
    file.putShort((short) value).put((byte) (value >> 16));
  }

  private int u24(int at) {
    return Bytes.u16le(b, at) | Bytes.u8(b, at + 2) << 16;
  }
}
