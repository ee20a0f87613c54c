package org.tessera.udf.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.image.resample.Filter;
import org.tessera.udf.image.resample.Resampler;

/** Steps that change an image's size. */
final class ResizeSteps {
  private static final List<String> FILTERS =
      Arrays.stream(Filter.values()).map(f -> f.name().toLowerCase(Locale.ROOT)).toList();

  private ResizeSteps() {}

  /**
   * {@code resize_center_crop(size, filter=bicubic)}: the shorter side becomes {@code size}, the
   * longer one {@code floor(size * long / short)}, then the middle is cut out: torchvision's {@code
   * Resize(size)} and {@code CenterCrop(size)}.
   */
  static ImageStep resizeCenterCrop(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = positive(step, "size", parameters.requiredInteger("size"));
    Filter filter = filter(parameters, "bicubic");
    parameters.finish();
    return ImageStep.single(view -> centerCrop(resizeShorter(view, size, filter), size, size));
  }

  static Filter filter(StepParameters parameters, String defaultFilter) {
    return Filter.valueOf(
        parameters.choice("filter", defaultFilter, FILTERS).toUpperCase(Locale.ROOT));
  }

  static int positive(Step step, String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Cannot use " + step.name() + "." + name + ": " + value + " (give at least 1)");
    }
    return value;
  }

  /** The shorter side becomes {@code size}; the longer one keeps the shape, rounded down. */
  static ImageView resizeShorter(ImageView view, int size, Filter filter) {
    Raster raster = view.raster();
    int shorter = Math.min(raster.width(), raster.height());
    int longer = Math.max(raster.width(), raster.height());
    int other = (int) ((long) size * longer / shorter);
    return raster.width() <= raster.height()
        ? resize(view, size, other, filter)
        : resize(view, other, size, filter);
  }

  static ImageView resize(ImageView view, int width, int height, Filter filter) {
    return view.with(Resampler.resize(view.raster(), width, height, filter))
        .note("resized_width", width)
        .note("resized_height", height);
  }

  /** The middle; an odd margin is split as torchvision does, half to even. */
  static ImageView centerCrop(ImageView view, int width, int height) {
    Raster raster = view.raster();
    int left = (int) Math.rint((raster.width() - width) / 2.0);
    int top = (int) Math.rint((raster.height() - height) / 2.0);
    return crop(view, left, top, width, height);
  }

  static ImageView crop(ImageView view, int left, int top, int width, int height) {
    return view.with(view.raster().crop(left, top, width, height))
        .note("crop_left", left)
        .note("crop_top", top)
        .note("crop_width", width)
        .note("crop_height", height);
  }
}
