package org.tessera.udf.image.resample;

import org.tessera.udf.image.codec.Raster;

/**
 * Rows resampled along the horizontal axis. A block of rows is turned on its side, so that one
 * target column is a weighted sum of source columns, each an array with the block's rows in it. Not
 * thread-safe.
 */
final class HorizontalLines implements Lines {
  private static final int MOST_ROWS = 64;

  /** How many numbers a turned block may have, unless a single row has more. */
  private static final int BLOCK = 1 << 21;

  private final Raster source;
  private final Weights weights;
  private final int shift;
  private final int end;
  private final int rows;
  private final int[][] columns;
  private final int[][] block;
  private final int[] sums;
  private int top;
  private int made;

  /**
   * Lines of an image.
   *
   * @param shift the column of the whole image that the source's first column is
   * @param top the first row that will be asked for
   * @param end the row after the last
   */
  HorizontalLines(Raster source, Weights weights, int shift, int top, int end) {
    this.source = source;
    this.weights = weights;
    this.shift = shift;
    this.top = top;
    this.end = end;
    int channels = source.channels();
    int width = weights.end() - weights.start();
    this.rows = Math.max(1, Math.min(Math.min(MOST_ROWS, end - top), BLOCK / (width * channels)));
    this.columns = new int[width][channels * rows];
    this.block = new int[rows][weights.targets() * channels];
    this.sums = new int[channels * rows];
  }

  @Override
  public int length() {
    return weights.targets() * source.channels();
  }

  @Override
  public void load(int y, int[] row) {
    if (y >= top + made) {
      top = y;
      made = Math.min(rows, end - y);
      turn();
      sum();
    }
    System.arraycopy(block[y - top], 0, row, 0, row.length);
  }

  /** Reads the block's pixels, one array a column, channel after channel. */
  private void turn() {
    byte[] data = source.data();
    int channels = source.channels();
    int stride = source.width() * channels;
    int first = top * stride + (weights.start() - shift) * channels;
    for (int x = 0; x < columns.length; x++) {
      int[] column = columns[x];
      int from = first + x * channels;
      if (channels == 3) {
        for (int r = 0; r < made; r++) {
          column[r] = data[from] & 0xff;
          column[rows + r] = data[from + 1] & 0xff;
          column[2 * rows + r] = data[from + 2] & 0xff;
          from += stride;
        }
      } else {
        for (int c = 0; c < channels; c++) {
          for (int r = 0; r < made; r++) {
            column[c * rows + r] = data[from + c + r * stride] & 0xff;
          }
        }
      }
    }
  }

  private void sum() {
    int channels = source.channels();
    for (int x = 0; x < weights.targets(); x++) {
      int first = weights.first(x) - weights.start();
      Sums.weigh(sums, columns, first, weights.taps(), x * weights.stride(), weights.count(x));
      for (int c = 0; c < channels; c++) {
        int to = x * channels + c;
        for (int r = 0; r < made; r++) {
          block[r][to] = Sums.clip(sums[c * rows + r]);
        }
      }
    }
  }
}
