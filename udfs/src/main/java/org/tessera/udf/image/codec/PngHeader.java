package org.tessera.udf.image.codec;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.tessera.udf.sample.SampleException;

/** The chunks of a PNG file around its pixels, with Pillow's checks. Not thread-safe. */
final class PngHeader {
  private static final int SIGNATURE_BYTES = 8;

  /** Pillow's bounds on what one compressed text or profile, and all text, may hold. */
  private static final int TEXT_CHUNK_LIMIT = 1 << 20;

  private static final long TEXT_LIMIT = 64L * TEXT_CHUNK_LIMIT;

  private static final int GRAY = 0;
  private static final int TRUECOLOUR = 2;
  private static final int PALETTE = 3;

  private final byte[] b;
  private long width;
  private long height;
  private int bits;
  private int colour = -1;
  private boolean interlaced;
  private byte[] palette = new byte[0];
  private byte[] transparency;
  private byte[] exif;
  private byte[] exifText = new byte[0];
  private byte[] xmp = new byte[0];
  private int[] box;
  private long animationFrames;
  private long animationSequence = -1;
  private long text;
  private int firstData = -1;

  private PngHeader(byte[] b) {
    this.b = b;
  }

  /** Reads up to the first image data. */
  static PngHeader read(byte[] b) throws SampleException {
    PngHeader header = new PngHeader(b);
    int at = SIGNATURE_BYTES;
    while (header.firstData < 0) {
      at = header.chunk(at);
    }
    if (header.colour < 0) {
      throw malformed("no valid IHDR chunk before the pixels", SIGNATURE_BYTES);
    }
    return header;
  }

  long width() {
    return width;
  }

  long height() {
    return height;
  }

  /** Bits of one sample. */
  int bits() {
    return bits;
  }

  /** The colour type: 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA. */
  int colour() {
    return colour;
  }

  boolean interlaced() {
    return interlaced;
  }

  /** The palette, three bytes a colour; empty when absent. */
  byte[] palette() {
    return palette;
  }

  /** The transparency chunk, or null. */
  byte[] transparency() {
    return transparency;
  }

  /** The part of the image that the pixels cover: left, top, width, height. */
  int[] box() {
    return box == null ? new int[] {0, 0, (int) width, (int) height} : box;
  }

  /** Samples in a pixel. */
  int samples() {
    return switch (colour) {
      case TRUECOLOUR -> 3;
      case 4 -> 2;
      case 6 -> 4;
      default -> 1;
    };
  }

  /** The orientation by the EXIF chunk, else by ImageMagick's text with EXIF, else by XMP. */
  int orientation() {
    return Exif.orientation(exif != null ? exif : rawProfile(exifText), xmp);
  }

  /** The byte position of the first chunk of image data. */
  int firstData() {
    return firstData;
  }

  /** Reads the chunk at a position and returns the position of the next. */
  private int chunk(int at) throws SampleException {
    if (at + 8 > b.length) {
      throw Faults.truncated(ImageFormat.PNG, "the header", b.length);
    }
    if (!isChunkName(b, at + 4)) {
      throw malformed("a broken chunk name", at + 4L);
    }
    String name = Bytes.latin1(b, at + 4, at + 8);
    if (name.equals("IDAT") || name.equals("fdAT")) {
      firstData = at;
      return at;
    }
    if (name.equals("IEND")) {
      throw malformed("no image data before the end", at);
    }
    long length = Bytes.u32be(b, at);
    if (length > b.length - at - 8L) {
      throw Faults.truncated(ImageFormat.PNG, "chunk " + name, b.length);
    }
    int from = at + 8;
    read(name, from, (int) length);
    int end = from + (int) length;
    if (end + 4 > b.length) {
      throw Faults.truncated(ImageFormat.PNG, "the checksum of chunk " + name, b.length);
    }
    CRC32 crc = new CRC32();
    crc.update(b, at + 4, end - at - 4);
    if (crc.getValue() != Bytes.u32be(b, end)) {
      throw malformed("a wrong checksum of chunk " + name, end);
    }
    return end + 4;
  }

  /**
   * Reads what follows the pixels, where EXIF and texts may stand too. As in Pillow, checksums do
   * not count there, and a file may end between two chunks.
   *
   * @param next the position of the first chunk that no row needed
   */
  void readTrailer(int next) throws SampleException {
    int at = next;
    while (at + 8 <= b.length && isChunkName(b, at + 4)) {
      String name = Bytes.latin1(b, at + 4, at + 8);
      if (name.equals("IEND") || name.equals("fcTL") && animationFrames > 1) {
        return;
      }
      long length = Bytes.u32be(b, at);
      if (length > b.length - at - 8L) {
        throw Faults.truncated(ImageFormat.PNG, "chunk " + name, b.length);
      }
      if (!name.equals("fcTL")) {
        read(name, at + 8, (int) length);
      }
      at = (int) Math.min(b.length, at + 12L + length);
    }
  }

  private void read(String name, int from, int length) throws SampleException {
    switch (name) {
      case "IHDR" -> ihdr(from, need(name, from, length, 13));
      case "PLTE" -> palette = Arrays.copyOfRange(b, from, from + Math.min(length, 768));
      case "tRNS" -> transparency(from, length);
      case "eXIf" -> exif = Arrays.copyOfRange(b, from, from + length);
      case "gAMA" -> need(name, from, length, 4);
      case "cHRM" -> need(name, from, length, 32);
      case "sRGB" -> need(name, from, length, 1);
      case "pHYs" -> need(name, from, length, 9);
      case "acTL" -> {
        need(name, from, length, 8);
        animationFrames = Bytes.u32be(b, from);
      }
      case "fcTL" -> frame(from, need(name, from, length, 26));
      case "iCCP" -> profile(from, length);
      case "tEXt" -> plainText(from, length);
      case "zTXt" -> compressedText(from, length);
      case "iTXt" -> internationalText(from, length);
      default -> {
        // Not needed for pixels.
      }
    }
  }

  private void ihdr(int from, int length) throws SampleException {
    width = Bytes.u32be(b, from);
    height = Bytes.u32be(b, from + 4);
    bits = Bytes.u8(b, from + 8);
    colour = Bytes.u8(b, from + 9);
    interlaced = b[from + 12] != 0;
    if (b[from + 11] != 0) {
      throw malformed("filter method " + Bytes.u8(b, from + 11), from + 11L);
    }
    boolean known =
        switch (colour) {
          case GRAY -> bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16;
          case PALETTE -> bits == 1 || bits == 2 || bits == 4 || bits == 8;
          case TRUECOLOUR, 4, 6 -> bits == 8 || bits == 16;
          default -> false;
        };
    if (!known) {
      throw malformed("colour type " + colour + " with " + bits + " bits", from + length - 5L);
    }
    if (width == 0 || height == 0) {
      throw malformed("a size of " + width + "x" + height, from);
    }
  }

  private void transparency(int from, int length) throws SampleException {
    if (colour == GRAY || colour == TRUECOLOUR) {
      need("tRNS", from, length, colour == GRAY ? 2 : 6);
    } else if (colour != PALETTE) {
      return;
    }
    transparency = Arrays.copyOfRange(b, from, from + length);
  }

  private void frame(int from, int length) throws SampleException {
    long sequence = Bytes.u32be(b, from);
    if (sequence != animationSequence + 1) {
      throw malformed("animation frame number " + sequence, from);
    }
    animationSequence = sequence;
    long w = Bytes.u32be(b, from + 4);
    long h = Bytes.u32be(b, from + 8);
    long left = Bytes.u32be(b, from + 12);
    long top = Bytes.u32be(b, from + 16);
    if (left + w > width || top + h > height || w == 0 || h == 0) {
      throw malformed("an animation frame outside the image", from + length - 22L);
    }
    // Pixel limits are checked before the box is used.
    box = new int[] {(int) left, (int) top, (int) w, (int) h};
  }

  private void profile(int from, int length) throws SampleException {
    int name = indexOfZero(from, from + length);
    if (name < 0 || name + 1 >= from + length) {
      throw malformed("a colour profile without a name", from);
    }
    if (b[name + 1] != 0) {
      throw malformed("compression method " + b[name + 1] + " of the colour profile", name + 1L);
    }
    inflate(name + 2, from + length);
  }

  private void plainText(int from, int length) throws SampleException {
    int key = indexOfZero(from, from + length);
    if (key > from) {
      text(from, key, Arrays.copyOfRange(b, key + 1, from + length));
    }
  }

  private void compressedText(int from, int length) throws SampleException {
    int key = indexOfZero(from, from + length);
    if (key < 0 || key + 1 >= from + length) {
      return;
    }
    if (b[key + 1] != 0) {
      throw malformed("compression method " + b[key + 1] + " of text", key + 1L);
    }
    text(from, key, inflate(key + 2, from + length));
  }

  private void internationalText(int from, int length) throws SampleException {
    int end = from + length;
    int key = indexOfZero(from, end);
    if (key < 0 || key + 3 > end) {
      return;
    }
    int language = indexOfZero(key + 3, end);
    int translated = language < 0 ? -1 : indexOfZero(language + 1, end);
    if (translated < 0) {
      return;
    }
    if (b[key + 1] == 0) {
      text(from, key, Arrays.copyOfRange(b, translated + 1, end));
    } else if (b[key + 2] == 0) {
      text(from, key, inflate(translated + 1, end));
    }
  }

  /** Keeps a text that tells the orientation; its key lies between two positions. */
  private void text(int from, int key, byte[] value) throws SampleException {
    text += value.length;
    if (text > TEXT_LIMIT) {
      throw Faults.tooLarge(ImageFormat.PNG, "more than " + TEXT_LIMIT + " bytes of text", from);
    }
    switch (Bytes.latin1(b, from, key)) {
      case "XML:com.adobe.xmp" -> xmp = value;
      case "Raw profile type exif" -> exifText = value;
      default -> {
        // Says nothing of pixels.
      }
    }
  }

  /** The bytes of ImageMagick's profile text: hexadecimal behind three lines; empty when broken. */
  private static byte[] rawProfile(byte[] text) {
    String[] lines = Bytes.latin1(text, 0, text.length).split("\n", 4);
    try {
      return HexFormat.of().parseHex(lines.length < 4 ? "" : lines[3].replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  /** The decompressed data, none when corrupt; fails over the limit for one chunk. */
  private byte[] inflate(int from, int end) throws SampleException {
    Inflater inflater = new Inflater();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      inflater.setInput(b, from, end - from);
      byte[] block = new byte[8192];
      while (true) {
        int count = inflater.inflate(block);
        if (inflater.getBytesWritten() > TEXT_CHUNK_LIMIT) {
          throw Faults.tooLarge(
              ImageFormat.PNG,
              "a compressed chunk that expands to more than " + TEXT_CHUNK_LIMIT + " bytes",
              from);
        }
        if (count == 0) {
          return out.toByteArray();
        }
        out.write(block, 0, count);
      }
    } catch (DataFormatException e) {
      return new byte[0];
    } finally {
      inflater.end();
    }
  }

  private int indexOfZero(int from, int end) {
    for (int i = from; i < end; i++) {
      if (b[i] == 0) {
        return i;
      }
    }
    return -1;
  }

  private static int need(String name, int from, int length, int wanted) throws SampleException {
    if (length < wanted) {
      throw malformed("chunk " + name + " of " + length + " bytes", from);
    }
    return length;
  }

  /** Whether four bytes are letters, digits or underscores. */
  static boolean isChunkName(byte[] b, int at) {
    for (int i = at; i < at + 4; i++) {
      int c = Bytes.u8(b, i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!letter && !(c >= '0' && c <= '9') && c != '_') {
        return false;
      }
    }
    return true;
  }

  private static SampleException malformed(String what, long offset) {
    return Faults.malformed(ImageFormat.PNG, what, offset);
  }
}
