package org.tessera.udf.image;

import java.util.Optional;
import org.tessera.udf.image.codec.ImageFormat;

/** Tells images by their first bytes. */
public final class ImageSniffer {
  /** How many first bytes {@link #format} wants to see; fewer when the file is shorter. */
  public static final int HEAD_BYTES = ImageFormat.HEAD_BYTES;

  private ImageSniffer() {}

  /** The image format, e.g. {@code jpeg}, or empty when the content is no image known here. */
  public static Optional<String> format(byte[] head) {
    return ImageFormat.sniff(head).map(ImageFormat::id);
  }
}
