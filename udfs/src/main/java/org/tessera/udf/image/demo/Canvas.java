package org.tessera.udf.image.demo;

/** Colours in floating point, 0 to 1, that pictures are painted on. Not thread-safe. */
final class Canvas {
  private final int width;
  private final int height;
  private final float[] rgb;

  Canvas(int width, int height) {
    this.width = width;
    this.height = height;
    this.rgb = new float[width * height * 3];
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Lays a colour over a pixel; {@code cover} 0 leaves it, 1 replaces it. */
  void blend(int x, int y, float[] colour, double cover) {
    if (x < 0 || y < 0 || x >= width || y >= height || cover <= 0) {
      return;
    }
    float weight = (float) Math.min(1, cover);
    int at = (y * width + x) * 3;
    for (int c = 0; c < 3; c++) {
      rgb[at + c] += weight * (colour[c] - rgb[at + c]);
    }
  }

  /** Scales a pixel's brightness. */
  void shade(int x, int y, double factor) {
    int at = (y * width + x) * 3;
    for (int c = 0; c < 3; c++) {
      rgb[at + c] *= (float) factor;
    }
  }

  /** The colours as bytes, R, G, B. */
  byte[] bytes() {
    byte[] bytes = new byte[rgb.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.round(255 * Math.max(0, Math.min(1, rgb[i])));
    }
    return bytes;
  }
}
