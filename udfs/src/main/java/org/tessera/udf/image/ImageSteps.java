package org.tessera.udf.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.tessera.model.bundle.Step;
import org.tessera.model.bundle.Suggestions;
import org.tessera.udf.frontend.Branch;
import org.tessera.udf.frontend.ByteFeatures;
import org.tessera.udf.frontend.Features;
import org.tessera.udf.image.codec.Raster;
import org.tessera.udf.sample.SampleException;

/** The steps of a front-end of images, or of a branch of one. Thread-safe. */
final class ImageSteps {
  static final String ALPHA = "alpha";
  private static final String TO_FLOAT = "to_float";
  private static final String FIVE_CROP = "five_crop";
  private static final String TEN_CROP = "ten_crop";
  private static final String WITH_FLIP = "with_flip";
  private static final SortedMap<String, Function<Step, ImageStep>> STEPS =
      Collections.unmodifiableSortedMap(
          new TreeMap<>(
              Map.ofEntries(
                  Map.entry("resize_center_crop", ResizeSteps::resizeCenterCrop),
                  Map.entry("adm_center_crop", ResizeSteps::admCenterCrop),
                  Map.entry("resize", ResizeSteps::squash),
                  Map.entry("any_resolution", ResizeSteps::anyResolution),
                  Map.entry("aspect_bucket", ResizeSteps::aspectBucket),
                  Map.entry("center_crop", CropSteps::centerCrop),
                  Map.entry(FIVE_CROP, CropSteps::fiveCrop),
                  Map.entry(TEN_CROP, CropSteps::tenCrop),
                  Map.entry(WITH_FLIP, CropSteps::withFlip),
                  Map.entry("flip", CropSteps::flip),
                  Map.entry("gray", ColourSteps::gray),
                  Map.entry(ALPHA, ColourSteps::alpha))));

  private final List<ImageStep> steps = new ArrayList<>();
  private final SortedSet<String> roles = new TreeSet<>();
  private FloatLayout floats;

  private ImageSteps() {}

  /**
   * Reads steps.
   *
   * @throws IllegalArgumentException when a step or one of its parameters does not exist
   */
  static ImageSteps of(List<Step> steps) {
    ImageSteps read = new ImageSteps();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.name().equals(TO_FLOAT)) {
        mustBe(i == steps.size() - 1, TO_FLOAT, "last");
        read.floats = FloatLayout.of(step);
      } else if (step.name().equals(Branch.NAME)) {
        read.add(Branch.of(step));
      } else {
        mustBe(i == 0 || !step.name().equals(ALPHA), ALPHA, "first");
        read.steps.add(pixelStep(step));
      }
    }
    return read;
  }

  private static void mustBe(boolean right, String name, String place) {
    if (!right) {
      throw new IllegalArgumentException(
          "Cannot use step " + name + " there (make it the " + place + " step)");
    }
  }

  private static ImageStep pixelStep(Step step) {
    Function<Step, ImageStep> factory = STEPS.get(step.name());
    if (factory == null) {
      List<String> names = new ArrayList<>(STEPS.keySet());
      names.addAll(List.of(TO_FLOAT, Branch.NAME));
      throw new IllegalArgumentException(
          "Cannot use step "
              + step.name()
              + " for images ("
              + Suggestions.of(step.name(), names)
              + ")");
    }
    return factory.apply(step);
  }

  /** A branch makes one image of one. */
  private void add(Branch branch) {
    if (!roles.add(branch.role())) {
      throw new IllegalArgumentException(
          "Cannot use two branches with the role " + branch.role() + " (give each its own)");
    }
    List<String> refused = List.of(ALPHA, FIVE_CROP, TEN_CROP, WITH_FLIP, Branch.NAME);
    ImageSteps inner = branch.read(refused, ImageSteps::of);
    steps.add(
        ImageStep.single(
            view -> view.with(branch.role(), inner.features(inner.apply(view).get(0)))));
  }

  /** The roles of the branches. */
  SortedSet<String> roles() {
    return roles;
  }

  /** The images that the steps make of one. */
  List<ImageView> apply(ImageView image) throws SampleException {
    List<ImageView> views = List.of(image);
    for (ImageStep step : steps) {
      List<ImageView> next = new ArrayList<>();
      for (ImageView view : views) {
        next.addAll(step.apply(view));
      }
      views = next;
    }
    return views;
  }

  /** An image as model input. */
  Features features(ImageView view) {
    Raster raster = view.raster();
    return floats == null
        ? new ByteFeatures(raster.data(), raster.height(), raster.width(), raster.channels())
        : floats.features(raster);
  }

  /** Records how to get pixels back. */
  void describe(SortedMap<String, Object> geometry) {
    if (floats != null) {
      floats.describe(geometry);
    }
  }
}
