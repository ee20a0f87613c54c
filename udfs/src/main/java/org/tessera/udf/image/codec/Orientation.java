package org.tessera.udf.image.codec;

/** Turns an image upright by its EXIF orientation. */
final class Orientation {
  private Orientation() {}

  /**
   * The image as it is meant to be seen.
   *
   * @param orientation 1 to 8, as EXIF defines them: where row 0 and column 0 of the stored image
   *     belong
   */
  static Raster apply(Raster source, int orientation) {
    int w = source.width();
    int h = source.height();
    // Target (x, y) reads the source at origin + x * stepX + y * stepY, counted in pixels.
    return switch (orientation) {
      case 2 -> copy(source, w, h, w - 1, -1, w);
      case 3 -> copy(source, w, h, (long) w * h - 1, -1, -w);
      case 4 -> copy(source, w, h, (long) (h - 1) * w, 1, -w);
      case 5 -> copy(source, h, w, 0, w, 1);
      case 6 -> copy(source, h, w, (long) (h - 1) * w, -w, 1);
      case 7 -> copy(source, h, w, (long) w * h - 1, -w, -1);
      case 8 -> copy(source, h, w, w - 1, w, -1);
      default -> source;
    };
  }

  private static Raster copy(
      Raster source, int width, int height, long origin, int stepX, int stepY) {
    int channels = source.channels();
    Raster target = Raster.blank(width, height, channels);
    byte[] from = source.data();
    byte[] to = target.data();
    int at = 0;
    for (int y = 0; y < height; y++) {
      long pixel = origin + (long) y * stepY;
      for (int x = 0; x < width; x++) {
        int index = (int) (pixel * channels);
        for (int c = 0; c < channels; c++) {
          to[at++] = from[index + c];
        }
        pixel += stepX;
      }
    }
    return target;
  }
}
