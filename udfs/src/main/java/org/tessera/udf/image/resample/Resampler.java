package org.tessera.udf.image.resample;

import org.tessera.udf.image.codec.Raster;

/**
 * Resizes 8-bit images bit by bit as Pillow's {@code Image.resize(size, filter)}: a horizontal and
 * a vertical pass in a {@link PassOrder}, each with 22 fractional bits and rounded to 8 bits.
 * Thread-safe.
 *
 * <p>Rows of the first pass are made when the second needs them and kept only as long as it does,
 * so memory beyond the result is a few rows.
 */
public final class Resampler {
  private Resampler() {}

  /** The whole image in the order of Pillow 13. */
  public static Raster resize(Raster source, int width, int height, Filter filter) {
    return resize(source, width, height, filter, PassOrder.PILLOW_13);
  }

  /**
   * The image in another size; an axis that keeps its size is not filtered.
   *
   * @param width target width, at least 1
   * @param height target height, at least 1
   */
  public static Raster resize(
      Raster source, int width, int height, Filter filter, PassOrder order) {
    return resize(source, width, height, filter, order, Window.all(width, height));
  }

  /**
   * A part of the image in another size: what {@code resize} and then {@code crop} give, for the
   * price of the part.
   *
   * @param width the whole target's width, at least 1
   * @param height the whole target's height, at least 1
   */
  public static Raster resize(
      Raster source, int width, int height, Filter filter, PassOrder order, Window window) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot resize to " + width + "x" + height + " pixels (give at least 1x1)");
    }
    window.check(width, height);
    boolean sameWidth = source.width() == width;
    if (sameWidth && source.height() == height) {
      return source.crop(window.left(), window.top(), window.width(), window.height());
    }
    if (sameWidth) {
      Lines lines = new PlainLines(source, window.left(), window.width());
      return vertical(lines, rows(source, height, filter, window), source.channels());
    }
    Weights columns = Weights.of(source.width(), width, filter, window.left(), window.width());
    if (source.height() == height) {
      return horizontal(source, columns, 0, window.top(), window.height());
    }
    if (order == PassOrder.PILLOW_13 && isVerticalFirst(source, width, height)) {
      int start = columns.start();
      Lines lines = new PlainLines(source, start, columns.end() - start);
      Raster low = vertical(lines, rows(source, height, filter, window), source.channels());
      return horizontal(low, columns, start, 0, window.height());
    }
    Weights rows = rows(source, height, filter, window);
    Lines lines = new HorizontalLines(source, columns, 0, rows.start(), rows.end());
    return vertical(lines, rows, source.channels());
  }

  /** Pillow 13 shrinks the height first when it shrinks more than twice as much as the width. */
  private static boolean isVerticalFirst(Raster source, int width, int height) {
    int lost = source.height() - height;
    return lost > 0 && lost > (source.width() - width) * 2L;
  }

  private static Raster horizontal(Raster source, Weights columns, int shift, int top, int height) {
    Lines lines = new HorizontalLines(source, columns, shift, top, top + height);
    int[] line = new int[lines.length()];
    Raster target = Raster.blank(columns.targets(), height, source.channels());
    byte[] data = target.data();
    for (int y = 0; y < height; y++) {
      lines.load(top + y, line);
      int at = y * line.length;
      for (int i = 0; i < line.length; i++) {
        data[at + i] = (byte) line[i];
      }
    }
    return target;
  }

  private static Weights rows(Raster source, int height, Filter filter, Window window) {
    return Weights.of(source.height(), height, filter, window.top(), window.height());
  }

  private static Raster vertical(Lines lines, Weights rows, int channels) {
    int length = lines.length();
    Raster target = Raster.blank(length / channels, rows.targets(), channels);
    byte[] data = target.data();
    int[][] ring = new int[Math.min(rows.stride(), rows.end() - rows.start())][length];
    int[] sums = new int[length];
    int made = rows.start();
    for (int y = 0; y < rows.targets(); y++) {
      int first = rows.first(y);
      for (; made < first + rows.count(y); made++) {
        lines.load(made, ring[made % ring.length]);
      }
      Sums.weigh(sums, ring, first, rows.taps(), y * rows.stride(), rows.count(y));
      int at = y * length;
      for (int i = 0; i < length; i++) {
        data[at + i] = (byte) Sums.clip(sums[i]);
      }
    }
    return target;
  }
}
