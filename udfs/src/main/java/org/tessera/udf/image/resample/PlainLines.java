package org.tessera.udf.image.resample;

import org.tessera.udf.image.codec.Raster;

/** Some columns of an image as they are. */
final class PlainLines implements Lines {
  private final Raster source;
  private final int left;
  private final int length;

  PlainLines(Raster source, int left, int width) {
    this.source = source;
    this.left = left;
    this.length = width * source.channels();
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public void load(int y, int[] row) {
    byte[] data = source.data();
    int from = (y * source.width() + left) * source.channels();
    for (int i = 0; i < length; i++) {
      row[i] = data[from + i] & 0xff;
    }
  }
}
