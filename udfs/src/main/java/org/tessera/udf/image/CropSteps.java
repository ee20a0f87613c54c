package org.tessera.udf.image;

import java.util.ArrayList;
import java.util.List;
import org.tessera.model.bundle.Step;
import org.tessera.udf.frontend.StepParameters;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.image.resample.Window;
import org.tessera.udf.sample.Phase;
import org.tessera.udf.sample.RejectCode;
import org.tessera.udf.sample.SampleException;

/** Steps that cut and mirror. */
final class CropSteps {
  private CropSteps() {}

  /** {@code center_crop(size)}, or {@code (width, height)}: the middle. */
  static ImageStep centerCrop(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = parameters.integer("size", 0);
    int givenWidth = parameters.integer("width", size);
    int givenHeight = parameters.integer("height", size);
    parameters.finish();
    int width = ResizeSteps.positive(step, "width", givenWidth);
    int height = ResizeSteps.positive(step, "height", givenHeight);
    return ImageStep.single(view -> center(fitting(view, width, height), width, height));
  }

  /**
   * {@code five_crop(size)}: top left, top right, bottom left, bottom right and centre, in
   * torchvision's order.
   */
  static ImageStep fiveCrop(Step step) {
    int size = size(step);
    return view -> five(fitting(view, size, size), size);
  }

  /** {@code ten_crop(size)}: the five crops, then those of the mirrored image. */
  static ImageStep tenCrop(Step step) {
    int size = size(step);
    return view -> {
      ImageView fitting = fitting(view, size, size);
      List<ImageView> views = new ArrayList<>(five(fitting, size));
      views.addAll(five(mirror(fitting), size));
      return views;
    };
  }

  /** {@code with_flip}: the image, then its mirror image. */
  static ImageStep withFlip(Step step) {
    new StepParameters(step).finish();
    return view -> List.of(view, mirror(view));
  }

  /** {@code flip}: the mirror image, left and right exchanged. */
  static ImageStep flip(Step step) {
    new StepParameters(step).finish();
    return ImageStep.single(CropSteps::mirror);
  }

  private static int size(Step step) {
    StepParameters parameters = new StepParameters(step);
    int size = ResizeSteps.positive(step, "size", parameters.requiredInteger("size"));
    parameters.finish();
    return size;
  }

  private static ImageView fitting(ImageView view, int width, int height) throws SampleException {
    Raster raster = view.raster();
    if (raster.width() < width || raster.height() < height) {
      throw SampleException.of(
          Phase.FRONTEND,
          RejectCode.TOO_SHORT,
          "Cannot crop "
              + width
              + "x"
              + height
              + " pixels from an image of "
              + raster.width()
              + "x"
              + raster.height()
              + " (resize before the crop)");
    }
    return view;
  }

  private static List<ImageView> five(ImageView view, int size) {
    int right = view.raster().width() - size;
    int bottom = view.raster().height() - size;
    return List.of(
        crop(view, 0, 0, size, size),
        crop(view, right, 0, size, size),
        crop(view, 0, bottom, size, size),
        crop(view, right, bottom, size, size),
        center(view, size, size));
  }

  private static ImageView center(ImageView view, int width, int height) {
    Window window = middle(view.raster().width(), view.raster().height(), width, height);
    return crop(view, window.left(), window.top(), width, height);
  }

  /** The middle of an image; an odd margin is split as torchvision does, half to even. */
  static Window middle(int imageWidth, int imageHeight, int width, int height) {
    int left = (int) Math.rint((imageWidth - width) / 2.0);
    int top = (int) Math.rint((imageHeight - height) / 2.0);
    return new Window(left, top, width, height);
  }

  private static ImageView crop(ImageView view, int left, int top, int width, int height) {
    Window window = new Window(left, top, width, height);
    return note(view.with(view.raster().crop(left, top, width, height)), window);
  }

  /** Records what was cut out. */
  static ImageView note(ImageView view, Window window) {
    return view.note("crop_left", window.left())
        .note("crop_top", window.top())
        .note("crop_width", window.width())
        .note("crop_height", window.height());
  }

  private static ImageView mirror(ImageView view) {
    Raster raster = view.raster();
    int channels = raster.channels();
    Raster mirrored = Raster.blank(raster.width(), raster.height(), channels);
    byte[] from = raster.data();
    byte[] to = mirrored.data();
    int row = raster.width() * channels;
    for (int y = 0; y < raster.height(); y++) {
      for (int x = 0; x < row; x += channels) {
        System.arraycopy(from, y * row + x, to, (y + 1) * row - x - channels, channels);
      }
    }
    boolean flipped = Boolean.TRUE.equals(view.geometry().get("flipped"));
    return view.with(mirrored).note("flipped", !flipped);
  }
}
