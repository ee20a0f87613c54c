package org.tessera.udf.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Image file formats, told by the first bytes of the content. */
public enum ImageFormat {
  JPEG("JPEG"),
  PNG("PNG"),
  GIF("GIF"),
  WEBP("WebP"),
  BMP("BMP"),
  TIFF("TIFF"),
  PNM("Netpbm"),
  QOI("QOI"),
  JPEG2000("JPEG 2000"),
  AVIF("AVIF"),
  HEIF("HEIF");

  /** How many first bytes {@link #sniff} wants to see. */
  public static final int HEAD_BYTES = 32;

  private final String label;

  ImageFormat(String label) {
    this.label = label;
  }

  /** The name in messages, e.g. {@code WebP}. */
  public String label() {
    return label;
  }

  /** The name in tables, e.g. {@code webp}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The format of content that begins with these bytes.
   *
   * @param head the first {@link #HEAD_BYTES} bytes, or all there are
   */
  public static Optional<ImageFormat> sniff(byte[] head) {
    if (starts(head, 0, "\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    }
    if (starts(head, 0, "\u0089PNG\r\n\u001a\n")) {
      return Optional.of(PNG);
    }
    if (starts(head, 0, "GIF87a") || starts(head, 0, "GIF89a")) {
      return Optional.of(GIF);
    }
    if (starts(head, 0, "RIFF") && starts(head, 8, "WEBP")) {
      return Optional.of(WEBP);
    }
    if (isBmp(head)) {
      return Optional.of(BMP);
    }
    if (starts(head, 0, "II*\0")
        || starts(head, 0, "MM\0*")
        || starts(head, 0, "II+\0")
        || starts(head, 0, "MM\0+")) {
      return Optional.of(TIFF);
    }
    if (isPnm(head)) {
      return Optional.of(PNM);
    }
    if (starts(head, 0, "qoif")) {
      return Optional.of(QOI);
    }
    if (starts(head, 0, "\0\0\0\u000cjP  \r\n\u0087\n") || starts(head, 0, "\u00ffO\u00ffQ\0")) {
      return Optional.of(JPEG2000);
    }
    if (starts(head, 4, "ftypavif") || starts(head, 4, "ftypavis")) {
      return Optional.of(AVIF);
    }
    if (starts(head, 4, "ftypheic") || starts(head, 4, "ftypheix") || starts(head, 4, "ftypmif1")) {
      return Optional.of(HEIF);
    }
    return Optional.empty();
  }

  private static boolean isPnm(byte[] head) {
    // A letter and a digit are little evidence: white space and a number or comment must follow.
    if (head.length < 4
        || head[0] != 'P'
        || !(head[1] >= '1' && head[1] <= '6' || head[1] == 'f')) {
      return false;
    }
    int at = 2;
    while (at < head.length && (head[at] == ' ' || head[at] >= 9 && head[at] <= 13)) {
      at++;
    }
    boolean value = at < head.length && (head[at] == '#' || head[at] >= '0' && head[at] <= '9');
    return at > 2 && value;
  }

  private static boolean isBmp(byte[] head) {
    // Two letters are little evidence: the header that follows must have a length that exists.
    if (!starts(head, 0, "BM") || head.length < 18) {
      return false;
    }
    return head[15] == 0 && head[16] == 0 && head[17] == 0 && (head[14] & 0xff) >= 12;
  }

  private static boolean starts(byte[] head, int at, String magic) {
    byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
    if (head.length < at + wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (head[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
