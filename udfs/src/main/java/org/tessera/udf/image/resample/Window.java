package org.tessera.udf.image.resample;

/**
 * The part of a resized image that is wanted; only this part is computed.
 *
 * @param left the first column
 * @param top the first row
 * @param width columns, at least 1
 * @param height rows, at least 1
 */
public record Window(int left, int top, int width, int height) {
  /** The whole of an image. */
  public static Window all(int width, int height) {
    return new Window(0, 0, width, height);
  }

  /** Fails unless the window lies inside an image. */
  void check(int imageWidth, int imageHeight) {
    boolean inside =
        left >= 0
            && top >= 0
            && width >= 1
            && height >= 1
            && width <= imageWidth - left
            && height <= imageHeight - top;
    if (!inside) {
      throw new IllegalArgumentException(
          "Cannot cut "
              + width
              + "x"
              + height
              + " at "
              + left
              + ","
              + top
              + " from an image of "
              + imageWidth
              + "x"
              + imageHeight
              + " (stay inside the image)");
    }
  }
}
