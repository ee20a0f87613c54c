package org.tessera.udf.image;

import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.frontend.FloatFeatures;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.image.codec.Raster;

/**
 * The last step {@code to_float(preset, scale=1/255, mean=[0], std=[1], layout=nhwc, order=rgb)}:
 * {@code (pixel * scale - mean) / std} for each channel, in single precision: the pixel is divided
 * by {@code 1/scale}, the mean subtracted and the result divided by the deviation, as torchvision's
 * {@code ToTensor} and {@code Normalize} do. {@code order: bgr} puts blue first, for models whose
 * code reads with OpenCV; means and deviations are then in that order.
 *
 * <p>Presets: {@code unit} [0, 1]; {@code signed} [-1, 1] (mean and std 0.5); {@code imagenet};
 * {@code clip}; {@code raw} [0, 255].
 */
record FloatLayout(String layout, boolean bgr, double scale, double[] mean, double[] std) {
  private static final List<String> PRESETS = List.of("unit", "signed", "imagenet", "clip", "raw");

  static FloatLayout of(Step step) {
    StepParameters parameters = new StepParameters(step);
    String layout = parameters.choice("layout", "nhwc", List.of("nhwc", "nchw"));
    boolean bgr = parameters.choice("order", "rgb", List.of("rgb", "bgr")).equals("bgr");
    FloatLayout preset = preset(parameters.choice("preset", "unit", PRESETS), layout, bgr);
    double scale = parameters.number("scale", preset.scale);
    double[] mean = parameters.numbers("mean");
    double[] std = parameters.numbers("std");
    parameters.finish();
    FloatLayout chosen =
        new FloatLayout(
            layout,
            bgr,
            scale,
            mean.length == 0 ? preset.mean : mean,
            std.length == 0 ? preset.std : std);
    chosen.check(step);
    return chosen;
  }

  private static FloatLayout preset(String name, String layout, boolean bgr) {
    double unit = 1 / 255.0;
    return switch (name) {
      case "signed" -> new FloatLayout(layout, bgr, unit, new double[] {.5}, new double[] {.5});
      case "imagenet" ->
          new FloatLayout(
              layout, bgr, unit, new double[] {.485, .456, .406}, new double[] {.229, .224, .225});
      case "clip" ->
          new FloatLayout(
              layout,
              bgr,
              unit,
              new double[] {.48145466, .4578275, .40821073},
              new double[] {.26862954, .26130258, .27577711});
      case "raw" -> new FloatLayout(layout, bgr, 1, new double[] {0}, new double[] {1});
      default -> new FloatLayout(layout, bgr, unit, new double[] {0}, new double[] {1});
    };
  }

  private void check(Step step) {
    for (double[] values : List.of(mean, std)) {
      if (values.length != 1 && values.length != 3) {
        throw new IllegalArgumentException(
            "Cannot use "
                + step.name()
                + " with "
                + values.length
                + " means or deviations (give 1 or 3)");
      }
    }
    if (scale == 0 || Arrays.stream(std).anyMatch(v -> v == 0)) {
      throw new IllegalArgumentException(
          "Cannot use " + step.name() + " with a scale or deviation of 0 (give another)");
    }
  }

  /** The pixels as model input. */
  Features features(Raster raster) {
    int channels = raster.channels();
    float[][] table = new float[channels][256];
    for (int c = 0; c < channels; c++) {
      for (int v = 0; v < 256; v++) {
        table[c][v] = (v / (float) (1 / scale) - (float) at(mean, c)) / (float) at(std, c);
      }
    }
    byte[] data = raster.data();
    float[] values = new float[data.length];
    int pixels = raster.width() * raster.height();
    boolean planar = isPlanar();
    for (int p = 0, from = 0; p < pixels; p++) {
      for (int i = 0; i < channels; i++, from++) {
        int c = channel(bgr, i, channels);
        values[planar ? c * pixels + p : p * channels + c] = table[c][data[from] & 0xff];
      }
    }
    return planar
        ? new FloatFeatures(values, channels, raster.height(), raster.width())
        : new FloatFeatures(values, raster.height(), raster.width(), channels);
  }

  /** Where a colour of an image stands in the model's input, or the other way. */
  static int channel(boolean bgr, int channel, int channels) {
    return bgr ? channels - 1 - channel : channel;
  }

  private boolean isPlanar() {
    return layout.equals("nchw");
  }

  /** Records how to get pixels back. */
  void describe(SortedMap<String, Object> geometry) {
    geometry.put("layout", layout);
    if (bgr) {
      geometry.put("order", "bgr");
    }
    geometry.put("scale", scale);
    geometry.put("mean", Arrays.stream(mean).boxed().toList());
    geometry.put("std", Arrays.stream(std).boxed().toList());
  }

  static double at(double[] values, int channel) {
    return values.length == 1 ? values[0] : values[channel];
  }
}
