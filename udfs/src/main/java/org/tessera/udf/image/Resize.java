package org.tessera.udf.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.image.resample.Filter;
import org.tessera.udf.image.resample.PassOrder;
import org.tessera.udf.image.resample.Resampler;
import org.tessera.udf.image.resample.Window;

/**
 * How a step resamples: the parameters {@code filter} (box, bilinear, hamming, bicubic, lanczos)
 * and {@code passes} ({@code pillow13}, or {@code horizontal_first} as in Pillow before 13).
 */
record Resize(Filter filter, PassOrder order) {
  private static final List<String> FILTERS =
      Arrays.stream(Filter.values()).map(f -> f.name().toLowerCase(Locale.ROOT)).toList();

  static Resize read(StepParameters parameters) {
    String filter = parameters.choice("filter", "bicubic", FILTERS);
    String passes =
        parameters.choice("passes", "pillow13", List.of("pillow13", "horizontal_first"));
    return new Resize(
        Filter.valueOf(filter.toUpperCase(Locale.ROOT)),
        passes.equals("pillow13") ? PassOrder.PILLOW_13 : PassOrder.HORIZONTAL_FIRST);
  }

  /** The same order with another filter. */
  Resize with(Filter other) {
    return new Resize(other, order);
  }

  /** The whole view in another size. */
  ImageView to(ImageView view, int width, int height) {
    Raster raster = Resampler.resize(view.raster(), width, height, filter, order);
    return view.with(raster).note("resized_width", width).note("resized_height", height);
  }

  /** A part of the view in another size; only this part is computed. */
  ImageView to(ImageView view, int width, int height, Window window) {
    Raster raster = Resampler.resize(view.raster(), width, height, filter, order, window);
    return CropSteps.note(
        view.with(raster).note("resized_width", width).note("resized_height", height), window);
  }

  /**
   * The middle of the view when its shorter side becomes {@code shorter} and the longer one keeps
   * the shape, rounded down.
   */
  ImageView shorterSideCenter(ImageView view, int shorter, int size) {
    Raster raster = view.raster();
    int least = Math.min(raster.width(), raster.height());
    int most = Math.max(raster.width(), raster.height());
    int longer = (int) ((long) shorter * most / least);
    int width = raster.width() <= raster.height() ? shorter : longer;
    int height = raster.width() <= raster.height() ? longer : shorter;
    return to(view, width, height, CropSteps.middle(width, height, size, size));
  }
}
