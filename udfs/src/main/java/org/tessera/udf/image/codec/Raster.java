package org.tessera.udf.image.codec;

/**
 * Pixels of one image: rows from the top, pixels from the left, channels interleaved, 8 bits each.
 * The array is not copied and must not change once others see it.
 *
 * @param width pixels in a row, at least 1
 * @param height rows, at least 1
 * @param channels 1 (gray), 3 (R, G, B) or 4 (R, G, B, A with alpha not multiplied in)
 * @param data {@code width * height * channels} unsigned bytes
 */
public record Raster(int width, int height, int channels, byte[] data) {
  /** The number of channels of gray. */
  public static final int GRAY = 1;

  /** The number of channels without alpha. */
  public static final int RGB = 3;

  /** The number of channels with alpha. */
  public static final int RGBA = 4;

  public Raster {
    if (data.length != (long) width * height * channels) {
      throw new IllegalArgumentException(
          "Cannot hold "
              + width
              + "x"
              + height
              + "x"
              + channels
              + " pixels in "
              + data.length
              + " bytes (give one byte a value)");
    }
  }

  /** An opaque black (3 channels) or transparent black (4 channels) image. */
  public static Raster blank(int width, int height, int channels) {
    return new Raster(
        width, height, channels, new byte[Math.toIntExact((long) width * height * channels)]);
  }

  /** The rectangle, copied. It must lie inside the image. */
  public Raster crop(int left, int top, int cropWidth, int cropHeight) {
    if (left == 0 && top == 0 && cropWidth == width && cropHeight == height) {
      return this;
    }
    if (left < 0 || top < 0 || left + cropWidth > width || top + cropHeight > height) {
      throw new IllegalArgumentException(
          "Cannot crop "
              + cropWidth
              + "x"
              + cropHeight
              + " at "
              + left
              + ","
              + top
              + " from "
              + width
              + "x"
              + height
              + " (stay inside the image)");
    }
    Raster target = blank(cropWidth, cropHeight, channels);
    for (int y = 0; y < cropHeight; y++) {
      System.arraycopy(
          data,
          ((top + y) * width + left) * channels,
          target.data,
          y * cropWidth * channels,
          cropWidth * channels);
    }
    return target;
  }
}
