package org.tessera.udf.image.resample;

import org.tessera.udf.image.codec.Raster;

/**
 * Resizes 8-bit images bit by bit as Pillow's {@code Image.resize(size, filter)}: a horizontal and
 * a vertical pass in a {@link PassOrder}, each with 22 fractional bits and rounded to 8 bits.
 * Thread-safe.
 *
 * <p>Rows of the horizontal pass are made when the vertical pass first needs them and kept only as
 * long as it does, so memory beyond the result is a few rows.
 */
public final class Resampler {
  private static final int HALF = 1 << (Weights.FRACTION_BITS - 1);

  private Resampler() {}

  /** {@link #resize(Raster, int, int, Filter, PassOrder)} in the order of Pillow 13. */
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
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot resize to " + width + "x" + height + " pixels (give at least 1x1)");
    }
    if (source.width() == width && source.height() == height) {
      return source;
    }
    if (order == PassOrder.PILLOW_13
        && source.width() != width
        && isVerticalFirst(source, width, height)) {
      Raster lower = resize(source, source.width(), height, filter, order);
      return resize(lower, width, height, filter, order);
    }
    Rows rows = rows(source, width, filter);
    Raster target = Raster.blank(width, height, source.channels());
    if (source.height() == height) {
      for (int y = 0; y < height; y++) {
        rows.store(y, target.data(), y * width * source.channels());
      }
      return target;
    }
    vertical(rows, Weights.of(source.height(), height, filter), target);
    return target;
  }

  /** Pillow 13 shrinks the height first when it shrinks more than twice as much as the width. */
  private static boolean isVerticalFirst(Raster source, int width, int height) {
    int lost = source.height() - height;
    return lost > 0 && lost > (source.width() - width) * 2L;
  }

  private static Rows rows(Raster source, int width, Filter filter) {
    return source.width() == width
        ? new PlainRows(source)
        : new HorizontalRows(source, Weights.of(source.width(), width, filter));
  }

  private static void vertical(Rows rows, Weights weights, Raster target) {
    int length = target.width() * target.channels();
    int[][] ring = new int[weights.stride()][];
    int made = 0;
    int[] sums = new int[length];
    for (int y = 0; y < target.height(); y++) {
      int first = weights.first(y);
      int count = weights.count(y);
      for (made = Math.max(made, first); made < first + count; made++) {
        int slot = made % ring.length;
        if (ring[slot] == null) {
          ring[slot] = new int[length];
        }
        rows.load(made, ring[slot]);
      }
      accumulate(ring, weights, y, sums);
      clip(sums, target.data(), y * length);
    }
  }

  private static void accumulate(int[][] ring, Weights weights, int y, int[] sums) {
    int first = weights.first(y);
    int count = weights.count(y);
    int[] taps = weights.taps();
    int tap = y * weights.stride();
    java.util.Arrays.fill(sums, HALF);
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      add(
          sums,
          ring[(first + i) % ring.length],
          taps[tap + i],
          ring[(first + i + 1) % ring.length],
          taps[tap + i + 1],
          ring[(first + i + 2) % ring.length],
          taps[tap + i + 2],
          ring[(first + i + 3) % ring.length],
          taps[tap + i + 3]);
    }
    for (; i < count; i++) {
      add(sums, ring[(first + i) % ring.length], taps[tap + i]);
    }
  }

  // Plain loops over int arrays: the compiler turns these into vector instructions.
  private static void add(int[] sums, int[] row, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += row[i] * weight;
    }
  }

  private static void add(
      int[] sums, int[] a, int wa, int[] b, int wb, int[] c, int wc, int[] d, int wd) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += a[i] * wa + b[i] * wb + c[i] * wc + d[i] * wd;
    }
  }

  private static void clip(int[] sums, byte[] target, int at) {
    for (int i = 0; i < sums.length; i++) {
      target[at + i] = (byte) clip(sums[i]);
    }
  }

  static int clip(int sum) {
    return Math.max(0, Math.min(255, sum >> Weights.FRACTION_BITS));
  }

  /** Rows after the horizontal pass, values 0 to 255. */
  private interface Rows {
    void load(int y, int[] row);

    void store(int y, byte[] target, int at);
  }

  private record PlainRows(Raster source) implements Rows {
    @Override
    public void load(int y, int[] row) {
      byte[] data = source.data();
      int from = y * row.length;
      for (int i = 0; i < row.length; i++) {
        row[i] = data[from + i] & 0xff;
      }
    }

    @Override
    public void store(int y, byte[] target, int at) {
      throw new IllegalStateException("Cannot copy rows: the size did not change");
    }
  }

  private static final class HorizontalRows implements Rows {
    private final Raster source;
    private final Weights weights;
    private final int[] line;

    HorizontalRows(Raster source, Weights weights) {
      this.source = source;
      this.weights = weights;
      this.line = new int[weights.targets() * source.channels()];
    }

    @Override
    public void load(int y, int[] row) {
      int from = y * source.width() * source.channels();
      switch (source.channels()) {
        case Raster.GRAY -> gray(from, row);
        case Raster.RGB -> rgb(from, row);
        default -> any(from, row, source.channels());
      }
    }

    @Override
    public void store(int y, byte[] target, int at) {
      load(y, line);
      for (int i = 0; i < line.length; i++) {
        target[at + i] = (byte) line[i];
      }
    }

    private void rgb(int from, int[] row) {
      byte[] data = source.data();
      int[] taps = weights.taps();
      int stride = weights.stride();
      for (int x = 0; x < weights.targets(); x++) {
        int at = from + 3 * weights.first(x);
        int tap = x * stride;
        int end = tap + weights.count(x);
        int r = HALF;
        int g = HALF;
        int b = HALF;
        for (; tap < end; tap++) {
          int weight = taps[tap];
          r += (data[at] & 0xff) * weight;
          g += (data[at + 1] & 0xff) * weight;
          b += (data[at + 2] & 0xff) * weight;
          at += 3;
        }
        row[3 * x] = clip(r);
        row[3 * x + 1] = clip(g);
        row[3 * x + 2] = clip(b);
      }
    }

    private void gray(int from, int[] row) {
      byte[] data = source.data();
      int[] taps = weights.taps();
      for (int x = 0; x < weights.targets(); x++) {
        int at = from + weights.first(x);
        int tap = x * weights.stride();
        int sum = HALF;
        for (int i = 0; i < weights.count(x); i++) {
          sum += (data[at + i] & 0xff) * taps[tap + i];
        }
        row[x] = clip(sum);
      }
    }

    private void any(int from, int[] row, int channels) {
      byte[] data = source.data();
      int[] taps = weights.taps();
      for (int x = 0; x < weights.targets(); x++) {
        int tap = x * weights.stride();
        for (int c = 0; c < channels; c++) {
          int at = from + weights.first(x) * channels + c;
          int sum = HALF;
          for (int i = 0; i < weights.count(x); i++) {
            sum += (data[at + i * channels] & 0xff) * taps[tap + i];
          }
          row[x * channels + c] = clip(sum);
        }
      }
    }
  }
}
