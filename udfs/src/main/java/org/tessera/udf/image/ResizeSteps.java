package org.tessera.udf.image;

import java.util.ArrayList;
import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.image.resample.Filter;
import org.tessera.udf.image.resample.Window;

/** Steps that change an image's size. */
final class ResizeSteps {
  private ResizeSteps() {}

  /**
   * {@code resize_center_crop(size, resize=size)}: the shorter side becomes {@code resize}, the
   * longer one keeps the shape, rounded down, then the middle is cut out: torchvision's {@code
   * Resize(resize)} and {@code CenterCrop(size)}.
   */
  static ImageStep resizeCenterCrop(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = positive(step, "size", parameters.requiredInteger("size"));
    int shorter = positive(step, "resize", parameters.integer("resize", size));
    Resize resize = Resize.read(parameters);
    parameters.finish();
    if (shorter < size) {
      throw new IllegalArgumentException(
          "Cannot use "
              + step.name()
              + ".resize: "
              + shorter
              + " (give at least size, "
              + size
              + ")");
    }
    return ImageStep.single(view -> resize.shorterSideCenter(view, shorter, size));
  }

  /** {@code resize(width, height)} or {@code resize(size)}: to that size, whatever the shape. */
  static ImageStep squash(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = parameters.integer("size", 0);
    int givenWidth = parameters.integer("width", size);
    int givenHeight = parameters.integer("height", size);
    Resize resize = Resize.read(parameters);
    parameters.finish();
    int width = positive(step, "width", givenWidth);
    int height = positive(step, "height", givenHeight);
    return ImageStep.single(view -> resize.to(view, width, height));
  }

  /**
   * {@code adm_center_crop(size)}: the crop of ADM and its descendants. While the shorter side is
   * at least twice the size, both sides are halved (rounded down) with BOX; then the shorter side
   * becomes the size with the filter (BICUBIC), the longer one rounded half to even; then the
   * middle is cut out, an odd margin's larger half right and below.
   */
  static ImageStep admCenterCrop(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = positive(step, "size", parameters.requiredInteger("size"));
    Resize resize = Resize.read(parameters);
    parameters.finish();
    return ImageStep.single(view -> admCenterCrop(view, size, resize));
  }

  private static ImageView admCenterCrop(ImageView view, int size, Resize resize) {
    ImageView current = view;
    while (shorter(current) >= 2L * size) {
      Raster raster = current.raster();
      current = resize.with(Filter.BOX).to(current, raster.width() / 2, raster.height() / 2);
    }
    double scale = (double) size / shorter(current);
    int width = (int) Math.rint(current.raster().width() * scale);
    int height = (int) Math.rint(current.raster().height() * scale);
    Window middle = new Window((width - size) / 2, (height - size) / 2, size, size);
    return resize.to(current, width, height, middle);
  }

  private static int shorter(ImageView view) {
    return Math.min(view.raster().width(), view.raster().height());
  }

  /**
   * {@code any_resolution(patch, min_pixels, max_pixels)}: nearly the image's own size and shape,
   * with sides that are multiples of the patch and an area inside the bounds, by the rule of
   * Qwen2-VL's {@code smart_resize}.
   */
  static ImageStep anyResolution(Step step) {
    StepParameters parameters = new StepParameters(step);
    int patch = positive(step, "patch", parameters.requiredInteger("patch"));
    int least = positive(step, "min_pixels", parameters.integer("min_pixels", patch * patch));
    int most = parameters.requiredInteger("max_pixels");
    Resize resize = Resize.read(parameters);
    parameters.finish();
    if (most < least || most < (long) patch * patch) {
      throw new IllegalArgumentException(
          "Cannot use "
              + step.name()
              + ".max_pixels: "
              + most
              + " (give at least min_pixels and one patch)");
    }
    return ImageStep.single(
        view -> {
          int[] size = smartSize(view.raster(), patch, least, most);
          return resize.to(view, size[0], size[1]);
        });
  }

  /** Width and height in multiples of the patch with an area between the bounds. */
  static int[] smartSize(Raster raster, int patch, int least, int most) {
    double w = raster.width();
    double h = raster.height();
    double width = Math.max(patch, Math.rint(w / patch) * patch);
    double height = Math.max(patch, Math.rint(h / patch) * patch);
    if (width * height > most) {
      double shrink = Math.sqrt(w * h / most);
      width = Math.max(patch, Math.floor(w / shrink / patch) * patch);
      height = Math.max(patch, Math.floor(h / shrink / patch) * patch);
      // A side of one patch can leave the other too long; the bound holds all the same.
      width = Math.min(width, Math.floor(most / height / patch) * patch);
      height = Math.min(height, Math.floor(most / width / patch) * patch);
    } else if (width * height < least) {
      double grow = Math.sqrt(least / (w * h));
      width = Math.ceil(w * grow / patch) * patch;
      height = Math.ceil(h * grow / patch) * patch;
    }
    return new int[] {(int) width, (int) height};
  }

  /**
   * {@code aspect_bucket(buckets)}: of sizes written as {@code WIDTHxHEIGHT}, the one nearest in
   * shape (least {@code |log(w/h) - log(W/H)|}, the first of equals); the image is resized to cover
   * it and the middle is cut out. The geometry names the bucket.
   */
  static ImageStep aspectBucket(Step step) {
    StepParameters parameters = new StepParameters(step);
    List<int[]> buckets = new ArrayList<>();
    for (String text : parameters.texts("buckets")) {
      buckets.add(size(step, text));
    }
    Resize resize = Resize.read(parameters);
    parameters.finish();
    if (buckets.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot use " + step.name() + " without buckets (give sizes such as 256x256)");
    }
    return ImageStep.single(view -> bucket(view, buckets, resize));
  }

  private static ImageView bucket(ImageView view, List<int[]> buckets, Resize resize) {
    double shape = Math.log((double) view.raster().width() / view.raster().height());
    int[] nearest = buckets.get(0);
    double least = Double.MAX_VALUE;
    for (int[] bucket : buckets) {
      double distance = Math.abs(shape - Math.log((double) bucket[0] / bucket[1]));
      if (distance < least) {
        least = distance;
        nearest = bucket;
      }
    }
    int width = nearest[0];
    int height = nearest[1];
    double scale =
        Math.max((double) width / view.raster().width(), (double) height / view.raster().height());
    int coverWidth = Math.max(width, (int) Math.rint(view.raster().width() * scale));
    int coverHeight = Math.max(height, (int) Math.rint(view.raster().height() * scale));
    Window middle = CropSteps.middle(coverWidth, coverHeight, width, height);
    return resize.to(view, coverWidth, coverHeight, middle).note("bucket", width + "x" + height);
  }

  private static int[] size(Step step, String text) {
    String[] parts = text.split("x", -1);
    try {
      if (parts.length == 2) {
        return new int[] {
          positive(step, "buckets", Integer.parseInt(parts[0])),
          positive(step, "buckets", Integer.parseInt(parts[1]))
        };
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "Cannot use " + step.name() + ".buckets: " + text + " (give sizes such as 256x256)");
  }

  static int positive(Step step, String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "Cannot use " + step.name() + "." + name + ": " + value + " (give at least 1)");
    }
    return value;
  }
}
