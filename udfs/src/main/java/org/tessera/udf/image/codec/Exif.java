package org.tessera.udf.image.codec;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The orientation tag of EXIF and XMP blocks, read as Pillow's {@code getexif} does. */
final class Exif {
  /** The orientation of an upright image. */
  static final int UPRIGHT = 1;

  private static final int ORIENTATION_TAG = 0x0112;
  private static final Pattern XMP_ORIENTATION =
      Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

  private Exif() {}

  /**
   * The orientation, 1 to 8; {@link #UPRIGHT} when neither block says another.
   *
   * @param exif a TIFF structure, with or without {@code Exif\0\0} before it; empty when absent
   * @param xmp the XMP packet, which counts when EXIF has no such tag; empty when absent
   */
  static int orientation(byte[] exif, byte[] xmp) {
    int tagged = fromTiff(exif);
    if (tagged < 0) {
      Matcher matcher = XMP_ORIENTATION.matcher(Bytes.latin1(xmp, 0, xmp.length));
      tagged = matcher.find() ? Integer.parseInt(matcher.group(1)) : UPRIGHT;
    }
    return tagged >= 1 && tagged <= 8 ? tagged : UPRIGHT;
  }

  /** The tag's value, or -1 when there is none. */
  private static int fromTiff(byte[] exif) {
    int base = 0;
    for (int i = 0; i < 2 && Bytes.matches(exif, base, "Exif\0\0"); i++) {
      base += 6;
    }
    if (exif.length < base + 8) {
      return -1;
    }
    boolean big = Bytes.matches(exif, base, "MM");
    if (!big && !Bytes.matches(exif, base, "II")) {
      return -1;
    }
    long directory = u32(exif, base + 4, big);
    if (directory > exif.length - base - 2) {
      return -1;
    }
    int at = base + (int) directory;
    int count = u16(exif, at, big);
    int value = -1;
    for (int i = 0; i < count && at + 2 + 12 * (i + 1) <= exif.length; i++) {
      int entry = at + 2 + 12 * i;
      if (u16(exif, entry, big) == ORIENTATION_TAG) {
        value = value(exif, entry, base, big);
      }
    }
    return value;
  }

  /** The first value of an entry of whole numbers, or -1. */
  private static int value(byte[] exif, int entry, int base, boolean big) {
    int size =
        switch (u16(exif, entry + 2, big)) {
          case 1, 6 -> 1;
          case 3, 8 -> 2;
          case 4, 9 -> 4;
          default -> 0;
        };
    long bytes = size * u32(exif, entry + 4, big);
    long at = bytes <= 4 ? entry + 8L : base + u32(exif, entry + 8, big);
    if (bytes == 0 || at + bytes > exif.length) {
      return -1;
    }
    long value =
        switch (size) {
          case 1 -> Bytes.u8(exif, (int) at);
          case 2 -> u16(exif, (int) at, big);
          default -> u32(exif, (int) at, big);
        };
    return (int) Math.min(Integer.MAX_VALUE, value);
  }

  private static int u16(byte[] b, int at, boolean big) {
    return big ? Bytes.u16be(b, at) : Bytes.u16le(b, at);
  }

  private static long u32(byte[] b, int at, boolean big) {
    return big ? Bytes.u32be(b, at) : Bytes.u32le(b, at);
  }
}
