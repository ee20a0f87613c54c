package org.tessera.udf.image.codec;

import org.tessera.udf.sample.Limits;
import org.tessera.udf.sample.SampleException;

/** Limits, checked on what a header claims, before anything is allocated. */
final class Guard {
  /** How many times the pixel limit all passes over an image may touch. */
  private static final int PASSES = 16;

  /** Deflate makes data at most 1032 times smaller. */
  private static final int DEFLATE_RATIO = 1032;

  private Guard() {}

  /**
   * Fails, before memory is taken, for a file much too short for the pixels that it states.
   *
   * @param bytes at least how many bytes the pixels have when they are not compressed
   */
  static void plausible(ImageFormat format, long bytes, int fileLength) throws SampleException {
    if (bytes / (4 * DEFLATE_RATIO) > fileLength) {
      throw Faults.truncated(
          format, "the file, far too short for " + bytes + " bytes,", fileLength);
    }
  }

  /** Fails for an image with more pixels than the limit or than an array can hold. */
  static void pixels(ImageFormat format, long width, long height, Limits limits)
      throws SampleException {
    long limit = Math.min(limits.pixels(), Integer.MAX_VALUE / Raster.RGBA);
    // Widths and heights of 2^32 would overflow a product.
    if (width > limit || height > limit || width * height > limit) {
      throw Faults.tooLarge(
          format, width + "x" + height + " pixels: the limit is " + limit + " pixels", -1);
    }
  }

  /** Fails for an image whose many passes (progressive scans) cost more than a large image. */
  static void work(ImageFormat format, long width, long height, long passes, Limits limits)
      throws SampleException {
    if (passes > PASSES && width * height * passes > limits.pixels() * PASSES) {
      throw Faults.tooLarge(
          format,
          passes
              + " passes over "
              + width
              + "x"
              + height
              + " pixels: the limit is "
              + limits.pixels() * PASSES
              + " pixels in all",
          -1);
    }
  }
}
