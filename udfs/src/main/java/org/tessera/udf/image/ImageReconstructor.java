package org.tessera.udf.image;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.image.codec.PngWriter;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.reconstruct.Reconstructor;

/**
 * Decoded images as PNG files, compared in 8-bit pixels. The decoder's output must have the range
 * and layout of the model's input; what {@code to_float} did is undone with the geometry it
 * recorded. Thread-safe.
 *
 * <p>Metrics: {@code mse} in squared 8-bit levels; {@code mae} in levels; {@code vrmse}, the root
 * of mse by the variance of the original, absent where that is one level; {@code psnr} in dB, 100
 * for identical images; {@code ssim} as scikit-image with a Gaussian window of sigma 1.5, absent
 * when a side is shorter than 11 pixels.
 */
public final class ImageReconstructor implements Reconstructor {
  @Override
  public String extension() {
    return "png";
  }

  @Override
  public boolean writes(SortedMap<String, Object> geometry) {
    return true;
  }

  @Override
  public byte[] file(float[] values, int[] shape, SortedMap<String, Object> geometry) {
    return PngWriter.write(raster(values, shape, geometry));
  }

  @Override
  public SortedMap<String, Double> compare(
      Features original, float[] values, int[] shape, SortedMap<String, Object> geometry) {
    Raster wanted = raster(original.toFloats(), original.shape(), geometry);
    Raster made = raster(values, shape, geometry);
    if (wanted.width() != made.width()
        || wanted.height() != made.height()
        || wanted.channels() != made.channels()) {
      throw new IllegalArgumentException(
          "Cannot compare an image of "
              + size(made)
              + " with a model input of "
              + size(wanted)
              + " (the decode signature must give the encode signature's shape)");
    }
    SortedMap<String, Double> metrics = new TreeMap<>();
    double mse = ImageMetrics.mse(wanted.data(), made.data());
    metrics.put("mse", mse);
    metrics.put("mae", ImageMetrics.mae(wanted.data(), made.data()));
    metrics.put("psnr", ImageMetrics.psnr(mse));
    double vrmse = ImageMetrics.vrmse(wanted.data(), mse);
    if (!Double.isNaN(vrmse)) {
      metrics.put("vrmse", vrmse);
    }
    double ssim =
        ImageMetrics.ssim(wanted.data(), made.data(), made.width(), made.height(), made.channels());
    if (!Double.isNaN(ssim)) {
      metrics.put("ssim", ssim);
    }
    return metrics;
  }

  private static String size(Raster raster) {
    return raster.width() + "x" + raster.height() + "x" + raster.channels();
  }

  /** The 8-bit image of values in the model's range: nearest level, halves to even, clipped. */
  private static Raster raster(float[] values, int[] shape, SortedMap<String, Object> geometry) {
    boolean planar = "nchw".equals(geometry.get("layout"));
    boolean bgr = "bgr".equals(geometry.get("order"));
    if (shape.length != 3 || Math.multiplyExact(shape[0] * shape[1], shape[2]) != values.length) {
      throw new IllegalArgumentException(
          "Cannot make an image of "
              + values.length
              + " values in shape "
              + java.util.Arrays.toString(shape)
              + " (give height, width and channels)");
    }
    int channels = planar ? shape[0] : shape[2];
    int height = planar ? shape[1] : shape[0];
    int width = planar ? shape[2] : shape[1];
    double scale = geometry.get("scale") instanceof Number number ? number.doubleValue() : 1;
    double[] mean = numbers(geometry.get("mean"), 0);
    double[] std = numbers(geometry.get("std"), 1);
    Raster raster = Raster.blank(width, height, channels);
    byte[] data = raster.data();
    int pixels = width * height;
    for (int p = 0, to = 0; p < pixels; p++) {
      for (int i = 0; i < channels; i++, to++) {
        int c = FloatLayout.channel(bgr, i, channels);
        double value = values[planar ? c * pixels + p : p * channels + c];
        double pixel = (value * FloatLayout.at(std, c) + FloatLayout.at(mean, c)) / scale;
        data[to] = (byte) Math.max(0, Math.min(255, Math.rint(pixel)));
      }
    }
    return raster;
  }

  private static double[] numbers(Object value, double defaultValue) {
    if (value instanceof List<?> list && !list.isEmpty()) {
      return list.stream().mapToDouble(v -> ((Number) v).doubleValue()).toArray();
    }
    return new double[] {defaultValue};
  }
}
