package org.tessera.model.quantize.kernel;

/**
 * One-dimensional resampling as matrices {@code [outputs × inputs]}, with the definitions of
 * PyTorch's {@code F.interpolate}; applied along height and then width they resample maps.
 */
public final class Resampling {
  /** The cubic kernel's constant in PyTorch. */
  private static final double CUBIC = -0.75;

  private Resampling() {}

  /**
   * {@code mode="area"}: output {@code i} is the mean of the inputs from {@code ⌊i·n/m⌋} to below
   * {@code ⌈(i+1)·n/m⌉} (adaptive average pooling).
   */
  public static float[] area(int outputs, int inputs) {
    float[] matrix = new float[outputs * inputs];
    for (int i = 0; i < outputs; i++) {
      int from = (int) ((long) i * inputs / outputs);
      int to = (int) (((long) (i + 1) * inputs + outputs - 1) / outputs);
      for (int j = from; j < to; j++) {
        matrix[i * inputs + j] = 1f / (to - from);
      }
    }
    return matrix;
  }

  /**
   * {@code mode="bicubic", align_corners=False}: four neighbours around {@code (i+1/2)·n/m - 1/2},
   * Keys' kernel with {@code a = -0.75}, the edge repeated, no antialiasing.
   */
  public static float[] bicubic(int outputs, int inputs) {
    float[] matrix = new float[outputs * inputs];
    for (int i = 0; i < outputs; i++) {
      double source = (i + 0.5) * inputs / outputs - 0.5;
      int floor = (int) Math.floor(source);
      double t = source - floor;
      double[] weights = {outer(t + 1), inner(t), inner(1 - t), outer(2 - t)};
      for (int k = 0; k < 4; k++) {
        int j = Math.max(0, Math.min(inputs - 1, floor - 1 + k));
        matrix[i * inputs + j] += (float) weights[k];
      }
    }
    return matrix;
  }

  private static double inner(double x) {
    return ((CUBIC + 2) * x - (CUBIC + 3)) * x * x + 1;
  }

  private static double outer(double x) {
    return ((CUBIC * x - 5 * CUBIC) * x + 8 * CUBIC) * x - 4 * CUBIC;
  }

  /**
   * Resamples a map.
   *
   * @param map {@code height × width × channels}
   * @param rows {@code [newHeight × height]}
   * @param columns {@code [newWidth × width]}
   * @return {@code newHeight × newWidth × channels}
   */
  public static float[] apply(
      float[] map, int height, int width, int channels, float[] rows, float[] columns) {
    int newHeight = rows.length / height;
    int newWidth = columns.length / width;
    float[] tall = new float[newHeight * width * channels];
    multiply(rows, newHeight, height, map, 0, tall, 0, width * channels);
    float[] result = new float[newHeight * newWidth * channels];
    for (int y = 0; y < newHeight; y++) {
      multiply(
          columns,
          newWidth,
          width,
          tall,
          y * width * channels,
          result,
          y * newWidth * channels,
          channels);
    }
    return result;
  }

  private static void multiply(
      float[] matrix, int outputs, int inputs, float[] from, int at, float[] to, int toAt, int n) {
    for (int i = 0; i < outputs; i++) {
      for (int j = 0; j < inputs; j++) {
        float weight = matrix[i * inputs + j];
        for (int c = 0; weight != 0 && c < n; c++) {
          to[toAt + i * n + c] += weight * from[at + j * n + c];
        }
      }
    }
  }
}
